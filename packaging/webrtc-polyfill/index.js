// bittorrent-tracker's client imports these names at load time and treats `undefined` as "this host has no WebRTC".
// The real package brings node-datachannel, which downloads a binary from outside the registry while it installs.
export const RTCPeerConnection = undefined
export const RTCSessionDescription = undefined
export const RTCIceCandidate = undefined
export default {}
