import protobuf from 'protobufjs/minimal.js'

// 64-bit fields as numbers: all of ours (times in ms, bytes, record numbers) stay far below 2^53.
// The generated code looks for Long when it is loaded, so this must be imported before it.
protobuf.util.Long = null as never
protobuf.configure()
