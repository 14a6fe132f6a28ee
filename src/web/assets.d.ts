/** The text of a style sheet; see Vite's documentation of `?inline`. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}
