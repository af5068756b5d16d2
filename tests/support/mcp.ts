/** The official client of the Model Context Protocol, over either transport and in each era of its revisions. */
import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client"
import { expect } from "vitest"

/** The eras of the protocol: with a session at the beginning, and without one. */
export const eras = [
  { name: "2025-11-25", mode: "legacy" },
  { name: "2026-07-28", mode: { pin: "2026-07-28" } },
] as const
export type Era = (typeof eras)[number]

/** The answer of a tool, and what an error says. */
export interface ToolAnswer<A = Answer> {
  readonly isError: boolean
  readonly content: A
  readonly error: ToolFailure
}
export interface ToolFailure {
  readonly code: string
  readonly detail: string
  readonly next: string
  readonly errors?: ReadonlyArray<{ readonly path: string; readonly message: string }>
  readonly ids?: ReadonlyArray<string>
  readonly conflicting_fields?: ReadonlyArray<string>
}

/** The members of all answers together; each tool has some of them. */
export interface Answer {
  readonly notice: string
  readonly applied: boolean
  readonly declined?: boolean
  readonly tasks: ReadonlyArray<TaskSummary>
  readonly task: TaskSummary & { readonly description: string | null }
  readonly history: ReadonlyArray<ChangeSummary>
  readonly changes: ReadonlyArray<ChangeSummary>
  readonly categories: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly results: ReadonlyArray<{
    readonly index: number
    readonly id: string
    readonly title: string
    readonly version: number
    readonly deleted?: boolean
    readonly merged?: boolean
  }>
  readonly new_categories: ReadonlyArray<string>
  readonly confirm: { readonly token: string; readonly expires_at: string } | null
  readonly undo: { readonly batch_id: string } | null
  readonly undone: number
  readonly next_cursor: string | null
  readonly next_after: string | null
}
export interface TaskSummary {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly priority: string
  readonly due_date: string | null
  readonly categories: ReadonlyArray<string>
  readonly version: number
}
interface ChangeSummary {
  readonly at: string
  readonly type: string
  readonly id: string
  readonly batch_id: string
  readonly actor: { readonly kind: string; readonly id: string | null }
}

/** A connected client. It checks each answer against the output schema of its tool, as the official client does. */
export interface Assistant {
  readonly client: Client
  readonly call: (name: string, args?: Readonly<Record<string, unknown>>) => Promise<ToolAnswer>
  readonly close: () => Promise<void>
}

/** What a client says to a question: null if it cannot ask. */
export type Reply = null | (() => { readonly action: "accept" | "decline" | "cancel"; readonly content?: object })

/** Connects a client. */
export const connect = async (transport: Transport, era: Era, reply: Reply = null): Promise<Assistant> => {
  const client = new Client(
    { name: "assistant", version: "1.0.0" },
    { versionNegotiation: { mode: era.mode }, capabilities: reply === null ? {} : { elicitation: {} } },
  )
  if (reply !== null) client.setRequestHandler("elicitation/create", () => reply() as never)
  await client.connect(transport)
  expect(client.getNegotiatedProtocolVersion()).toBe(era.name)
  // The client then knows the output schemas.
  await client.listTools()
  return {
    client,
    call: async (name, args = {}) => {
      const { content, isError = false, structuredContent } = await client.callTool({ name, arguments: args })
      const [block] = content
      expect(content).toHaveLength(1)
      expect(block?.type).toBe("text")
      const text: unknown = JSON.parse(block?.type === "text" ? block.text : "null")
      if (isError) expect(structuredContent).toBeUndefined()
      else expect(text).toEqual(structuredContent)
      return { isError, content: text as Answer, error: (text as { error: ToolFailure }).error }
    },
    close: () => client.close(),
  }
}

/** Connects a client to a server over HTTP. */
export const connectHttp = (url: string, token: string, era: Era, reply?: Reply): Promise<Assistant> =>
  connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
    era,
    reply,
  )
