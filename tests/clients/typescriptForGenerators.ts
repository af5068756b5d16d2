import { registerHooks } from "node:module"

// Generators print with the JavaScript interface of TypeScript's compiler, which TypeScript 7 has no more. Another
// package holds the last compiler that had it. Installing that as `typescript` beside ours would take the place of `tsc`.
const compiler = import.meta.resolve("@ts-morph/common").replace(/[^/]*$/, "typescript.js")

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "typescript"
      ? { url: compiler, format: "commonjs", shortCircuit: true }
      : nextResolve(specifier, context),
})
