import type { CommandLine } from '../harness/child.ts'

export const clientNames = ['rookery', 'libtorrent', 'aria2c', 'webtorrent'] as const
export type ClientName = (typeof clientNames)[number]

/** Files (PEM) by which a peer takes part in a swarm over TLS. */
export interface PeerCertificate {
  readonly certificate: string
  readonly key: string
  readonly authority: string
}

/** One peer of a measurement. */
export interface PeerSetting {
  /** .torrent file; names the tracker. */
  readonly torrent: string
  /** Where the artifact is (seeding) or goes (fetching). */
  readonly directory: string
  /** Name of the artifact's file in the directory. */
  readonly fileName: string
  readonly port: number
  readonly zone?: string
  /** Dialled at once, as `host:port`; a client that cannot be told waits for the tracker's answer. */
  readonly peer?: string
  /** For a client that speaks TLS; without it the transport is plain. */
  readonly tls?: PeerCertificate
}

/** A BitTorrent client under measurement: how to start it, and how it tells how far it is. */
export interface BenchClient {
  readonly name: ClientName
  readonly speaksTls?: boolean
  /** Its version. @throws {Error} when it is not installed. */
  version(): string
  /** Seeds until it is killed. */
  seed(setting: PeerSetting): CommandLine
  /** Fetches, then goes on seeding until it is killed. */
  fetch(setting: PeerSetting): CommandLine
  /** Whether this line of its output says that it seeds: it listens, and has what it serves. */
  isSeeding(line: string): boolean
  /** Whether this line says that the artifact is fetched and verified. */
  isDone(line: string): boolean
}

/** Of clients whose peers print `{"event":"…",…}` lines, as Rookery's commands do. */
export const jsonEvents = {
  isSeeding: (line: string) => line.startsWith('{"event":"seeding"'),
  isDone: (line: string) => line.startsWith('{"event":"done"'),
} as const
