import { Duplex } from "node:stream"
import type { PGlite } from "@electric-sql/pglite"

/** The codes in the place of a protocol version by which a packet asks to cancel a statement (PostgreSQL's manual, 55.7). */
const cancelRequestCode = 80_877_102
/** The type byte of the message that says goodbye. */
const terminate = "X".charCodeAt(0)

/**
 * A connection to the database in this process, as a socket: what is written is a client's protocol messages, what can
 * be read is the server's. There is one session behind all of them, which each new connection finds as new: no open
 * transaction, no prepared statements, no settings.
 */
export class PgliteStream extends Duplex {
  readonly #database: PGlite
  readonly #isInPlace: () => boolean
  #isStarted = false

  /** Fails with `isInPlace` false, since what is written to files that were removed is lost. */
  constructor(database: PGlite, isInPlace: () => boolean) {
    super()
    this.#database = database
    this.#isInPlace = isInPlace
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#answer(chunk).then(
      (answer) => {
        if (answer !== undefined) this.push(answer)
        done()
      },
      (cause: unknown) => done(cause instanceof Error ? cause : new Error(String(cause))),
    )
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null)
    done()
  }

  // Answers are pushed as they come; the client does not read faster than it asks.
  override _read(): void {}

  async #answer(chunk: Buffer): Promise<Buffer | undefined> {
    if (chunk[0] !== terminate && !this.#isInPlace()) throw new Error("The files of the database were removed")
    if (this.#isStarted) return chunk[0] === terminate ? undefined : this.#execute(chunk)
    this.#isStarted = true
    if (chunk.readInt32BE(4) === cancelRequestCode) {
      // A statement is over before anything else in this process can run.
      this.destroy()
      return undefined
    }
    await this.#database.exec("ROLLBACK")
    await this.#database.exec("DISCARD ALL")
    return this.#execute(chunk)
  }

  // `execProtocolRaw` would also parse every message that the database sends, and keep them all.
  async #execute(chunk: Buffer): Promise<Buffer> {
    const parts: Array<Uint8Array> = []
    // What is given lies in the database's own memory, where the next part takes its place.
    await this.#database.execProtocolRawStream(chunk, { onRawData: (part) => parts.push(part.slice()) })
    return parts.length === 1 && parts[0] !== undefined ? Buffer.from(parts[0].buffer) : Buffer.concat(parts)
  }
}
