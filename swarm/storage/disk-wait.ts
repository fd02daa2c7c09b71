/** Adds up the time in which at least one piece was waiting for the disk, in ms. */
export class DiskWait {
  #waiting = 0
  #sinceMs = 0
  #totalMs = 0

  begin(nowMs: number): void {
    if (this.#waiting++ === 0) this.#sinceMs = nowMs
  }

  end(nowMs: number): void {
    if (--this.#waiting === 0) this.#totalMs += nowMs - this.#sinceMs
  }

  totalMs(nowMs: number): number {
    return this.#totalMs + (this.#waiting > 0 ? nowMs - this.#sinceMs : 0)
  }
}
