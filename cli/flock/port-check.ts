import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { PlannedPort } from './plan.ts'

const host = '127.0.0.1'

/**
 * Makes sure that all ports are free before the first process is started.
 * @throws {RookeryError} PORT_IN_USE that names each taken port and what it is for.
 */
export async function checkPorts(ports: readonly PlannedPort[]): Promise<void> {
  const taken: string[] = []
  for (const planned of ports) {
    const reason = await whyTaken(planned)
    if (reason !== undefined) taken.push(`port ${planned.port} (${planned.protocol}, for ${planned.use}) ${reason}`)
  }
  if (taken.length > 0) {
    throw new RookeryError('PORT_IN_USE', `${taken.join('; ')}; stop what uses it, or choose others with --port`)
  }
}

async function whyTaken({ port, protocol }: PlannedPort): Promise<string | undefined> {
  try {
    if (protocol === 'tcp') await bindTcp(port)
    else await bindUdp(port)
    return undefined
  } catch (error) {
    return systemErrorCode(error) === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${errorMessage(error)}`
  }
}

async function bindTcp(port: number): Promise<void> {
  const server = createServer()
  server.listen({ host, port })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

async function bindUdp(port: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind({ address: host, port })
  await once(socket, 'listening')
  socket.close()
  await once(socket, 'close')
}
