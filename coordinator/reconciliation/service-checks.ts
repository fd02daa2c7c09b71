import type { ServiceCheck } from '../../proto/http/fleet.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { ControlClient } from '../distribution/control-client.ts'

/** Services as the coordinator meets them, each with a call that changes nothing and needs the token. */
export interface Services {
  readonly tracker: ControlClient
  readonly seeder: ControlClient
}

/** Asks tracker and seeder. Never rejects. */
export async function checkServices({ tracker, seeder }: Services): Promise<ServiceCheck[]> {
  return Promise.all([check('tracker', tracker, '/v1/torrents'), check('seeder', seeder, '/v1/artifacts')])
}

async function check(name: string, client: ControlClient, path: string): Promise<ServiceCheck> {
  try {
    await client.call('GET', path)
    return { name, ok: true, detail: `the ${name} answers the coordinator` }
  } catch (error) {
    return { name, ok: false, detail: errorMessage(error) }
  }
}
