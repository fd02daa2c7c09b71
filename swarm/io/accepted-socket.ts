import { Socket, type SocketConstructorOpts } from 'node:net'

/** What Node's sockets keep their system handle in, and TLS sockets their session; not documented, and the same since Node 0.12. */
interface Handled {
  _handle: unknown
  ssl?: unknown
}

/**
 * The same connection with a buffer of ours to read into. Node lets only who dials choose one; for an accepted connection
 * it takes fresh memory for each read, 64 KiB or a TLS record, which cost an agent a sixth of its CPU in garbage collection.
 * Nothing must have been read yet: the server is made with `pauseOnConnect`, or TLS has only just introduced the peer.
 * Where there is no handle, the socket is returned as it is.
 */
export function withOwnBuffer(accepted: Socket, onread: NonNullable<SocketConstructorOpts['onread']>): Socket {
  const former = accepted as unknown as Handled
  const { _handle: handle, ssl } = former
  if (handle === null || typeof handle !== 'object') return accepted
  former._handle = null
  // It would end the session together with itself.
  if (ssl) former.ssl = null
  accepted.destroy()
  const socket = new Socket({ handle, onread } as SocketConstructorOpts)
  if (ssl) (socket as unknown as Handled).ssl = ssl
  return socket
}
