import { Type } from 'typebox'
import { checkYaml, parseYaml } from '../runtime/yaml-document.ts'
import { RolloutPolicy } from './policy.ts'

/** A rookery.yml of which only the `rollout` part is looked at. */
const WithRollout = Type.Object({ rollout: RolloutPolicy })

/**
 * The policy of a whole rookery.yml, or of a file that holds its `rollout` part only, with every default filled in.
 * @throws {RookeryError} APP_CONFIG_INVALID, one issue for each fault, with line and column.
 */
export function parsePolicy(text: string, fileName: string): RolloutPolicy {
  const document = parseYaml(text, fileName, 'APP_CONFIG_INVALID')
  if (isWhole(document.value)) return checkYaml(document, WithRollout, 'APP_CONFIG_INVALID').rollout
  return checkYaml(document, RolloutPolicy, 'APP_CONFIG_INVALID')
}

/** `app` is the one field that every rookery.yml has and a policy does not. */
function isWhole(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('app' in value || 'rollout' in value)
}
