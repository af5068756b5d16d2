/** A TCP proxy that tests put in front of a server to simulate a broken network. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { Effect } from "effect"

/** A route to a server that can be cut and opened again, always on the same port. */
export interface TcpProxy {
  readonly port: number
  readonly open: Effect.Effect<void>
  /** Refuses new connections and closes the existing ones. */
  readonly cut: Effect.Effect<void>
  /** Keeps connections and accepts new ones, but forwards no data until it is opened again. */
  readonly silence: Effect.Effect<void>
  /** As `silence`, but forwards what clients send: the server does its work, and no response arrives. */
  readonly mute: Effect.Effect<void>
}

/** Makes a proxy on a free port of this machine. It starts cut. */
export const makeTcpProxy = (target: { readonly host: string; readonly port: number }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      const serverSockets = new Set<Socket>()
      let mode: "open" | "silent" | "muted" = "open"
      const listen = (port: number): Promise<Server> =>
        new Promise((resolve, reject) => {
          const server = createServer((near) => {
            const far = connect(target)
            serverSockets.add(far)
            far.on("close", () => serverSockets.delete(far))
            for (const socket of [near, far]) {
              sockets.add(socket)
              socket.on("error", () => {})
              socket.on("close", () => {
                sockets.delete(socket)
                near.destroy()
                far.destroy()
              })
            }
            if (mode !== "silent") near.pipe(far)
            if (mode === "open") far.pipe(near)
          })
          server.once("error", reject)
          server.listen(port, "127.0.0.1", () => resolve(server))
        })
      const close = (server: Server): Promise<void> =>
        new Promise((resolve) => {
          server.close(() => resolve())
          for (const socket of sockets) socket.destroy()
        })
      const first = await listen(0)
      const { port } = first.address() as AddressInfo
      await close(first)
      let server: Server | undefined
      const proxy: TcpProxy = {
        port,
        open: Effect.promise(async () => {
          // A silenced connection cannot recover, as after a lost packet, because its streams miss data.
          if (mode !== "open") for (const socket of sockets) socket.destroy()
          mode = "open"
          server ??= await listen(port)
        }),
        cut: Effect.promise(async () => {
          if (server !== undefined) await close(server)
          server = undefined
        }),
        silence: Effect.sync(() => {
          mode = "silent"
          for (const socket of sockets) socket.unpipe().pause()
        }),
        mute: Effect.sync(() => {
          mode = "muted"
          for (const socket of serverSockets) socket.unpipe().pause()
        }),
      }
      return proxy
    }),
    (proxy) => proxy.cut,
  )
