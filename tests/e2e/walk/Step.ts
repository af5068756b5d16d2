/** Runs the operations of a random walk on every store, as fast-check's commands. */
import type { AsyncCommand } from "fast-check"
import { expect } from "vitest"
import { type Model, nowOf } from "./Model.ts"
import type { Answer, Operation, Store } from "./Store.ts"
import { idOf } from "./Store.ts"

/** The stores and the state that outlive a walk. Ids and the time continue from walk to walk. */
export interface World {
  readonly stores: Array<Store>
  operations: number
  millis: number
}

/** The operation's own id, if it makes one. Also the first store's result, for values that are random. */
export interface Outcome {
  readonly id: string
  readonly observed: Answer
}

/**
 * The operation to run on every store, and the expected result. `expected` changes the model as the operation
 * changes the store.
 */
export interface Plan {
  readonly effect: Operation["effect"]
  readonly expected: (outcome: Outcome) => Answer
}

/** Runs the operation on every store, and compares each result with the model's. */
export const ask = async (model: Model, world: World, plan: Plan, what: string): Promise<void> => {
  const number = ++world.operations
  const operation = { effect: plan.effect, number, millis: model.millis }
  const answers = await Promise.all(world.stores.map((store) => store.answer(operation)))
  const [observed] = answers
  if (observed === undefined) throw new Error("there is no store to ask")
  const expected = plan.expected({ id: idOf(number), observed })
  for (const [index, answer] of answers.entries()) {
    expect(answer, `${world.stores[index]?.name} at ${nowOf(model)}, ${what}`).toStrictEqual(expected)
  }
}

/** One operation of a walk, with its input, as fast-check runs, shrinks and prints it. */
export class Step<Input> implements AsyncCommand<Model, World> {
  readonly #name: string
  readonly #input: Input
  readonly #plan: (model: Model, input: Input) => Plan

  constructor(name: string, input: Input, plan: (model: Model, input: Input) => Plan) {
    this.#name = name
    this.#input = input
    this.#plan = plan
  }

  check(): boolean {
    return true
  }

  run(model: Model, world: World): Promise<void> {
    return ask(model, world, this.#plan(model, this.#input), this.toString())
  }

  toString(): string {
    return `${this.#name}(${JSON.stringify(this.#input)})`
  }
}

/** Advances the time in the model, and so for every later operation. */
export class TimePasses implements AsyncCommand<Model, World> {
  readonly #millis: number

  constructor(millis: number) {
    this.#millis = millis
  }

  check(): boolean {
    return true
  }

  async run(model: Model, world: World): Promise<void> {
    model.millis += this.#millis
    world.millis = model.millis
  }

  toString(): string {
    return `${this.#millis} ms pass`
  }
}
