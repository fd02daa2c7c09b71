/**
 * One end of a plain TCP transfer, to see that the net is as fast as it says.
 * `receive PORT`: prints the rate of one connection in bits/s, from its first byte to its last. `send HOST PORT BYTES`.
 */
import { connect, createServer } from 'node:net'

const [role, ...args] = process.argv.slice(2)
if (role === 'receive') {
  const server = createServer((socket) => {
    let bytes = 0
    let firstMs = 0
    socket.on('data', (data) => {
      if (bytes === 0) firstMs = performance.now()
      bytes += data.length
    })
    socket.on('end', () => {
      console.log(JSON.stringify({ bitsPerSecond: (bytes * 8000) / (performance.now() - firstMs) }))
      server.close()
    })
  })
  server.listen(Number(args[0]), () => console.log('listening'))
} else {
  const [host, port, bytes] = args
  connect(Number(port), host, function (this: import('node:net').Socket) {
    this.end(Buffer.alloc(Number(bytes)))
  })
}
