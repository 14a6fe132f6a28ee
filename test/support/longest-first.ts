import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long, the longest first: one that starts last would run alone at the end. */
const longest: readonly string[] = [];

/** Starts the longest files first. The others keep Vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((path) => moduleId.endsWith(path));
      return index === -1 ? longest.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
