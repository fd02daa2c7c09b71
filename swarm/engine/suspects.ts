import type { PeerId, PieceIndex } from '../identifiers.ts'

/** A version of a piece that did not verify. */
interface BadVersion {
  readonly senders: readonly PeerId[]
  readonly blockDigests: readonly string[]
}

/** Bad versions kept for one piece: with an exclusive fetch after the first, more come only from senders that get banned. */
const maxVersions = 4

/**
 * Who may have poisoned a piece that several peers sent. The piece is fetched again from one peer alone; once it
 * verifies, each block of the bad version that differs names its sender.
 */
export class Suspects {
  readonly #versions = new Map<PieceIndex, BadVersion[]>()

  has(piece: PieceIndex): boolean {
    return this.#versions.has(piece)
  }

  /**
   * A piece did not verify.
   * @param senders who sent each block.
   * @returns the guilty, when it is clear at once: all blocks came from one peer.
   */
  accuse(piece: PieceIndex, senders: readonly PeerId[], blockDigests: readonly string[]): PeerId[] {
    if (senders.every((sender) => sender === senders[0])) return [senders[0]!]
    const versions = this.#versions.get(piece) ?? []
    if (versions.length < maxVersions) versions.push({ senders, blockDigests })
    this.#versions.set(piece, versions)
    return []
  }

  /** The piece verified; returns who sent blocks that differ from it. */
  convict(piece: PieceIndex, goodDigests: readonly string[]): PeerId[] {
    const guilty = new Set<PeerId>()
    for (const { senders, blockDigests } of this.#versions.get(piece) ?? []) {
      for (const [block, digest] of blockDigests.entries())
        if (digest !== goodDigests[block]) guilty.add(senders[block]!)
    }
    this.#versions.delete(piece)
    return [...guilty]
  }
}
