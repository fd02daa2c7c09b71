import { Socket, type SocketConstructorOpts } from 'node:net'

/** What Node's sockets keep their system handle in; not documented, and the same since Node 0.8. */
interface Handled {
  _handle: unknown
}

/**
 * The same connection with a buffer of ours to read into. Node lets only who dials choose one; for an accepted connection
 * it takes 64 KiB of fresh memory for each read, which cost an agent a sixth of its CPU in garbage collection.
 * The server must be made with `pauseOnConnect`, so that nothing has been read. Where there is no handle, the socket is
 * returned as it is.
 */
export function withOwnBuffer(accepted: Socket, onread: NonNullable<SocketConstructorOpts['onread']>): Socket {
  const { _handle: handle } = accepted as unknown as Handled
  if (handle === null || typeof handle !== 'object') return accepted
  ;(accepted as unknown as Handled)._handle = null
  accepted.destroy()
  return new Socket({ handle, onread } as SocketConstructorOpts)
}
