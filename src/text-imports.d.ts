/** Files that are imported as text: `import help from "./start.md" with { type: "text" }`. */
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
/** Embedded as it is: the path at which it can be read. */
declare module "*.wasm" {
  const path: string;
  export default path;
}
