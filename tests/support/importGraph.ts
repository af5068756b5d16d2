/** The graph of imports between files, and the cycles in it. */
import { posix } from "node:path"
import { importsOf, readSource } from "./sources.ts"

/** Builds the graph of imports. Each file has a name, which it may share with others. */
export const importGraph = (paths: ReadonlyArray<string>, nameOf: (path: string) => string) => {
  const graph = new Map<string, Set<string>>()
  for (const path of paths) {
    const targets = graph.get(nameOf(path)) ?? new Set()
    graph.set(nameOf(path), targets)
    for (const { specifier } of importsOf(readSource(path))) {
      if (specifier?.startsWith(".") !== true) continue
      const target = nameOf(posix.join(posix.dirname(path), specifier))
      if (target !== nameOf(path)) targets.add(target)
    }
  }
  return graph
}

/**
 * Returns the names that lie on a cycle, each cycle in the order of its names (Tarjan's strongly connected
 * components).
 */
export const cyclesOf = (graph: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const order = new Map<string, number>()
  const stack: Array<string> = []
  const cycles: Array<ReadonlyArray<string>> = []
  const visit = (name: string): number => {
    let low = order.size
    order.set(name, low)
    stack.push(name)
    for (const target of graph.get(name) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target))
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? low)
    }
    if (low === order.get(name)) {
      const members = stack.splice(stack.indexOf(name))
      if (members.length > 1) cycles.push(members.toSorted())
    }
    return low
  }
  for (const name of graph.keys()) if (!order.has(name)) visit(name)
  return cycles
}
