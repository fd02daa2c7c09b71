import { type ExecFileOptions, execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { CommandLine } from '../harness/child.ts'
import { fabric, hostLimit, type NetworkPlan, namespacePrefix, type PlannedHost, switchLimit } from './network-plan.ts'
import type { Scenario } from './options.ts'

/** Bytes that passed a host's interface, Ethernet headers and all. */
interface Traffic {
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** Namespaces on one bridge, or on two with a slow link between them. Control traffic goes the same way. */
export class Network {
  readonly plan: NetworkPlan
  readonly #scenario: Scenario

  constructor(plan: NetworkPlan, scenario: Scenario) {
    this.plan = plan
    this.#scenario = scenario
  }

  /** @throws {Error} when the kernel or the tools refuse; what is there by then, `removeNamespaces` takes away. */
  async setUp(signal: AbortSignal): Promise<void> {
    const { all } = this.plan
    const namespaces = [fabric, ...all.map((host) => host.namespace)]
    await batch(
      'ip',
      undefined,
      namespaces.map((name) => `netns add ${name}`),
      signal,
    )
    // Where bridges ask the firewall, each packet would cost twice.
    const noFirewall = 'for f in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$f" ] || echo 0 > "$f"; done'
    await run('ip', ['netns', 'exec', fabric, 'sh', '-c', noFirewall], { signal })
    await batch('ip', fabric, [...this.#bridges(), ...all.flatMap((host) => this.#cable(host))], signal)
    await batch('tc', fabric, this.#limitsOfFabric(), signal)
    await Promise.all(all.map((host) => this.#setUpHost(host, signal)))
  }

  /** The command as a process of that host. */
  on(host: PlannedHost, { command, args, ...rest }: CommandLine): CommandLine {
    return { command: 'ip', args: ['netns', 'exec', host.namespace, command, ...args], ...rest }
  }

  /** By interface: the hosts' ports, and `link-0` and `link-1`, the ends of the link in their zones. */
  async traffic(): Promise<(name: string) => Traffic> {
    const text = await run('ip', ['-n', fabric, '-j', '-s', 'link', 'show'], {})
    type Interface = { ifname: string; stats64: { rx: { bytes: number }; tx: { bytes: number } } }
    const interfaces = new Map((JSON.parse(text) as Interface[]).map((entry) => [entry.ifname, entry.stats64]))
    return (name) => {
      const stats = interfaces.get(name)
      // The switch receives what the host sends.
      return { sentBytes: stats?.rx.bytes ?? 0, receivedBytes: stats?.tx.bytes ?? 0 }
    }
  }

  #bridges(): string[] {
    const { zones, mtu } = this.#scenario
    const lines = Array.from({ length: zones }, (_, zone) => [
      `link add zone-${zone} mtu ${mtu} type bridge forward_delay 0 stp_state 0`,
      `link set zone-${zone} up`,
    ]).flat()
    if (zones === 1) return lines
    const ends = [0, 1].map((zone) => `link set link-${zone} ${this.#offloads()} master zone-${zone} up`)
    return [...lines, `link add link-0 mtu ${mtu} type veth peer name link-1 mtu ${mtu}`, ...ends]
  }

  #cable({ namespace, port, mac, zone }: PlannedHost): string[] {
    const { mtu } = this.#scenario
    return [
      `link add ${port} mtu ${mtu} type veth peer name eth0 address ${mac} mtu ${mtu} netns ${namespace}`,
      `link set ${port} ${this.#offloads()} master zone-${zone} up`,
    ]
  }

  /** No bundles of packets: a bucket smaller than a bundle never lets it pass. */
  #offloads(): string {
    return `gso_max_size ${Math.max(this.#scenario.mtu, 2048)} gso_max_segs 1`
  }

  #limitsOfFabric(): string[] {
    const { zones, linkMbit } = this.#scenario
    const limit = (device: string, rateBits: number) =>
      `qdisc add dev ${device} root ${switchLimit(rateBits, this.#scenario)}`
    const ports = this.plan.all.flatMap(({ port, rateBits }) => (rateBits ? [limit(port, rateBits)] : []))
    return zones === 1 ? ports : [...ports, limit('link-0', linkMbit * 1e6), limit('link-1', linkMbit * 1e6)]
  }

  async #setUpHost({ namespace, address, rateBits }: PlannedHost, signal: AbortSignal): Promise<void> {
    const others = this.plan.all.filter((host) => host.address !== address)
    const lines = [
      `address add ${address}/16 dev eth0 noprefixroute`,
      `link set eth0 ${this.#offloads()} up`,
      'link set lo up',
      `route add 10.99.0.0/16 dev eth0 scope link src ${address} congctl ${this.#scenario.congestionControl}`,
      // The kernel keeps 1024 neighbours for all namespaces together, fewer than 32 hosts have; these do not count.
      ...others.map((host) => `neighbour replace ${host.address} lladdr ${host.mac} dev eth0 nud permanent`),
    ]
    await batch('ip', namespace, lines, signal)
    if (rateBits)
      await batch('tc', namespace, [`qdisc add dev eth0 root ${hostLimit(rateBits, this.#scenario)}`], signal)
  }
}

/** Takes away every namespace of this bench, and ends what still runs in one. Only under the bench's lock. */
export async function removeNamespaces(): Promise<void> {
  const names = leftNamespaces()
  if (names.length === 0) return
  const pids = await Promise.all(names.map((name) => run('ip', ['netns', 'pids', name], {})))
  for (const pid of pids.join('\n').split('\n').filter(Boolean)) kill(Number(pid))
  await batch(
    'ip',
    undefined,
    names.map((name) => `netns delete ${name}`),
  )
}

function leftNamespaces(): string[] {
  try {
    return readdirSync('/run/netns').filter((name) => name.startsWith(namespacePrefix))
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Many commands of `ip` or `tc` in one process, in a namespace or outside. */
function batch(
  tool: 'ip' | 'tc',
  namespace: string | undefined,
  lines: string[],
  signal?: AbortSignal,
): Promise<string> {
  const args = [...(namespace ? ['-n', namespace] : []), '-batch', '-']
  return run(tool, args, { signal }, lines.join('\n'))
}

function run(command: string, args: string[], options: ExecFileOptions, input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { ...options, encoding: 'utf8', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${command} ${args.join(' ')}: ${stderr || error.message}`, { cause: error }))
        else resolve(stdout as string)
      },
    )
    child.stdin?.end(input)
  })
}
