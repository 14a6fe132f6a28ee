/** The text of a style sheet; see Vite's documentation of `?inline`. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}

/** The text of a file; see Vite's documentation of `?raw`. */
declare module '*.md?raw' {
  const text: string;
  export default text;
}
