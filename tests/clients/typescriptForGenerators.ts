/**
 * Gives the generators the JavaScript interface of TypeScript's compiler, with which they print. TypeScript 7 no
 * longer has it. Another package contains the last compiler that had it. Its installation as `typescript` beside
 * ours would replace `tsc`.
 */
import { registerHooks } from "node:module"

const compiler = import.meta.resolve("@ts-morph/common").replace(/[^/]*$/, "typescript.js")

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "typescript"
      ? { url: compiler, format: "commonjs", shortCircuit: true }
      : nextResolve(specifier, context),
})
