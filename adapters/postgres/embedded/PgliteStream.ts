/** Connects the PostgreSQL client to PGlite, without a socket. */
import { Duplex } from "node:stream"
import type { PGlite } from "@electric-sql/pglite"

/** The code that replaces the protocol version in a request to cancel a statement (PostgreSQL's manual, 55.7). */
const cancelRequestCode = 80_877_102
/** The type byte of the message that ends a connection. */
const terminate = "X".charCodeAt(0)

/**
 * A connection to the database in this process, in the form of a socket: the client's protocol messages are written,
 * the server's are read. All connections share one session. Each new one resets it: no open transaction, no prepared
 * statements, no settings.
 */
export class PgliteStream extends Duplex {
  readonly #database: PGlite
  readonly #isInPlace: () => boolean
  #isStarted = false

  /** Writing fails if `isInPlace` returns false, because data written to removed files is lost. */
  constructor(database: PGlite, isInPlace: () => boolean) {
    super()
    this.#database = database
    this.#isInPlace = isInPlace
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#respond(chunk).then(
      (response) => {
        if (response !== undefined) this.push(response)
        done()
      },
      (cause: unknown) => done(cause instanceof Error ? cause : new Error(String(cause))),
    )
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null)
    done()
  }

  // Responses are pushed when they arrive; the client reads no faster than it asks.
  override _read(): void {}

  async #respond(chunk: Buffer): Promise<Buffer | undefined> {
    if (chunk[0] !== terminate && !this.#isInPlace()) throw new Error("The files of the database were removed")
    if (this.#isStarted) return chunk[0] === terminate ? undefined : this.#execute(chunk)
    this.#isStarted = true
    if (chunk.readInt32BE(4) === cancelRequestCode) {
      // No other code of this process can run before a statement has ended, so nothing is left to cancel.
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
    // The chunk is a view of WASM memory that the next chunk overwrites, so copy it.
    await this.#database.execProtocolRawStream(chunk, { onRawData: (part) => parts.push(part.slice()) })
    return parts.length === 1 && parts[0] !== undefined ? Buffer.from(parts[0].buffer) : Buffer.concat(parts)
  }
}
