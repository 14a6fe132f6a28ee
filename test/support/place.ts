// Temporary: the old names, until every test imports store-location.ts.
export {
  newStoreLocation as newPlace,
  type TestStoreLocation as TestPlace,
} from './store-location.js';
