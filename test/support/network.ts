import { spawnSync } from 'node:child_process'

/** Hosts as network namespaces on one switch, each with its own rate; only root may make them. */
export class Network {
  readonly #prefix: string

  /** @param name at most six characters, unlike that of any other network on this machine. */
  constructor(name: string) {
    this.#prefix = name
  }

  /** @returns why there can be none here. */
  static whyNot(): string | false {
    if (process.getuid?.() !== 0) return 'network namespaces need root'
    const made = spawnSync('ip', ['netns', 'add', `rkprobe-${process.pid}`])
    spawnSync('ip', ['netns', 'delete', `rkprobe-${process.pid}`])
    return made.status === 0 ? false : 'this machine has no network namespaces'
  }

  /** @param rateMbit of each host, each way. */
  setUp(hosts: number, rateMbit: number): void {
    const fabric = this.#namespace('net')
    ip('netns', 'add', fabric)
    ip('-n', fabric, 'link', 'add', 'switch', 'type', 'bridge')
    ip('-n', fabric, 'link', 'set', 'switch', 'up')
    for (let host = 0; host < hosts; host++) {
      const namespace = this.namespace(host)
      ip('netns', 'add', namespace)
      ip('-n', fabric, 'link', 'add', `p${host}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      ip('-n', fabric, 'link', 'set', `p${host}`, 'master', 'switch', 'up')
      ip('-n', namespace, 'address', 'add', `${this.address(host)}/24`, 'dev', 'eth0')
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
      ip('-n', namespace, 'link', 'set', 'eth0', 'up')
      for (const [where, device] of [
        [namespace, 'eth0'],
        [fabric, `p${host}`],
      ])
        run('tc', '-n', where!, 'qdisc', 'add', 'dev', device!, 'root', 'tbf', ...bucket(rateMbit))
    }
  }

  namespace(host: number): string {
    return this.#namespace(String(host))
  }

  address(host: number): string {
    return `10.98.7.${host + 1}`
  }

  /** The host's own interface: its system knows that it is cut off, and writes fail. */
  setInterface(host: number, state: 'up' | 'down'): void {
    ip('-n', this.namespace(host), 'link', 'set', 'eth0', state)
  }

  /** Whether the host's cable goes to the switch: pulled out there, packets vanish and the host does not learn of it. */
  setCable(host: number, isIn: boolean): void {
    ip('-n', this.#namespace('net'), 'link', 'set', `p${host}`, ...(isIn ? ['master', 'switch'] : ['nomaster']))
  }

  remove(): void {
    const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    for (const [name] of stdout.matchAll(new RegExp(`^${this.#prefix}-\\S+`, 'gm'))) ip('netns', 'delete', name)
  }

  #namespace(name: string): string {
    return `${this.#prefix}-${name}`
  }
}

function bucket(rateMbit: number): string[] {
  return ['rate', `${rateMbit}mbit`, 'burst', '128kb', 'latency', '50ms']
}

function ip(...args: string[]): void {
  run('ip', ...args)
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}
