import { Type } from 'typebox'
import { HostName, PoolName } from '../../proto/http/api.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { checkYaml, parseYaml } from '../../runtime/yaml-document.ts'
import { type InventoryHost, mergedHosts } from './inventory-host.ts'

const HostList = Type.Array(
  Type.Object(
    {
      name: HostName,
      pools: Type.Array(PoolName, { minItems: 1 }),
      zone: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Null()])),
      labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    { additionalProperties: false },
  ),
)

/**
 * Reads a list of hosts from JSON or YAML, sorted by name.
 * @param fileName what to call it in errors.
 * @throws {RookeryError} CONFIG_INVALID with line, column and field.
 */
export function parseHostList(text: string, fileName: string): InventoryHost[] {
  // Nothing at all is no list: whoever means that there are no hosts says [].
  if (text.trim() === '') throw new RookeryError('CONFIG_INVALID', `${fileName}: is empty; a list of no hosts is []`)
  const list = checkYaml(parseYaml(text, fileName, 'CONFIG_INVALID'), HostList, 'CONFIG_INVALID')
  return mergedHosts(list.map(({ name, pools, zone = null, labels = {} }) => ({ name, pools, zone, labels })))
}
