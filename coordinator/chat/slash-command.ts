import type { ChatAnswer, RolloutSummary } from '../../proto/http/api.ts'
import { type ErrorCode, RookeryError } from '../../runtime/errors.ts'
import { chatText, plainText } from '../notifications/chat-text.ts'
import type { ChatActions } from './chat-actions.ts'

/** A command that was carried out, or refused. */
export interface SlashOutcome {
  readonly answer: ChatAnswer
  /** The command's word; `unknown` for what is none. */
  readonly verb: string
  /** `ok`, or the code of the refusal. */
  readonly result: string
}

interface Order {
  readonly words: readonly string[]
  readonly by: string
}

interface Command {
  readonly usage: string
  /** Fewest words behind the command's own. */
  readonly leastWords: number
  /** Whether everybody in the channel is told. */
  readonly isPublic: boolean
  readonly run: (actions: ChatActions, order: Order) => Promise<readonly string[]>
}

/** Longest reason, as in the HTTP API. */
const mostCharacters = 500
const allApps = 'all'

const commands: Readonly<Record<string, Command>> = {
  status: { usage: 'status [app]', leastWords: 0, isPublic: false, run: status },
  queue: { usage: 'queue [app]', leastWords: 0, isPublic: false, run: queue },
  join: { usage: 'join APP [REVISION, or - for the newest] [why…]', leastWords: 1, isPublic: true, run: join },
  leave: { usage: 'leave ROLLOUT', leastWords: 1, isPublic: true, run: leave },
  hold: { usage: `hold APP|${allApps} REASON…`, leastWords: 2, isPublic: true, run: hold },
  release: { usage: `release APP|${allApps}`, leastWords: 1, isPublic: true, run: release },
  help: { usage: 'help', leastWords: 0, isPublic: false, run: async () => help() },
}

/**
 * Does what the text of a slash command says and answers it; a refusal is an answer, too.
 * @param user the chat's own name of who wrote it.
 * @throws {Error} only for mistakes of ours.
 */
export async function answerSlash(actions: ChatActions, text: string, user: string): Promise<SlashOutcome> {
  const [verb = 'help', ...words] = plainText(text).split(/\s+/).filter(Boolean)
  const command = Object.hasOwn(commands, verb) ? commands[verb]! : undefined
  const refused = (code: ErrorCode, lines: readonly string[]): SlashOutcome => {
    return { answer: answer(false, lines), verb: command ? verb : 'unknown', result: code }
  }
  if (command === undefined) return refused('USAGE', [`there is no command ${verb}`, ...help()])
  if (words.length < command.leastWords) return refused('USAGE', [`usage: ${command.usage}`])
  try {
    const lines = await command.run(actions, { words, by: `chat:${user}` })
    return { answer: answer(command.isPublic, lines), verb, result: 'ok' }
  } catch (error) {
    if (error instanceof RookeryError && error.code !== 'INTERNAL')
      return refused(error.code, [`${error.message} (${error.code})`])
    throw error
  }
}

async function status(actions: ChatActions, { words: [app] }: Order): Promise<string[]> {
  const { rollouts, obstacles } = await actions.status(app)
  const lines = [...obstacles, ...rollouts.map(rolloutLine)]
  return lines.length > 0 ? lines : ['no rollouts yet, and nothing is held']
}

async function queue(actions: ChatActions, { words: [app] }: Order): Promise<string[]> {
  const waiting = await actions.queue(app)
  return waiting.length > 0 ? waiting.map(rolloutLine) : ['nobody waits']
}

async function join(actions: ChatActions, { words: [app, rev, ...why], by }: Order): Promise<string[]> {
  const order = { rev: rev === '-' ? undefined : rev, why: reason(why) || undefined, by }
  return [rolloutLine(await actions.join(app!, order))]
}

async function leave(actions: ChatActions, { words: [id], by }: Order): Promise<string[]> {
  const { app } = await actions.leave(id!, by)
  return [`rollout ${id} of ${app} has left the queue (${by})`]
}

async function hold(actions: ChatActions, { words: [app, ...why], by }: Order): Promise<string[]> {
  const { id } = await actions.hold(appOf(app!), reason(why), by)
  return [`${appWords(app!)}: no rollout starts (hold ${id} of ${by}: ${why.join(' ')})`]
}

async function release(actions: ChatActions, { words: [app], by }: Order): Promise<string[]> {
  const holds = await actions.release(appOf(app!), by)
  return [`${appWords(app!)}: released by ${by}, ${holds.map(({ id }) => id).join(', ')}`]
}

function help(): string[] {
  return ['commands:', ...Object.values(commands).map(({ usage }) => `  ${usage}`)]
}

function rolloutLine({ app, id, revision, phase, by, why, waitsFor, reason }: RolloutSummary): string {
  const what = `${app}: rollout ${id}${revision ? ` at ${revision.slice(0, 12)}` : ''} is ${phase}`
  const details = [by && `asked by ${by}`, why, waitsFor && `waits for ${waitsFor}`, reason].filter(Boolean)
  return details.length > 0 ? `${what} (${details.join('; ')})` : what
}

function reason(words: readonly string[]): string {
  const text = words.join(' ')
  if (text.length <= mostCharacters) return text
  throw new RookeryError('REQUEST_INVALID', `the reason is longer than ${mostCharacters} characters`)
}

function appOf(word: string): string | null {
  return word === allApps ? null : word
}

function appWords(word: string): string {
  return word === allApps ? 'all apps' : word
}

function answer(isPublic: boolean, lines: readonly string[]): ChatAnswer {
  return { response_type: isPublic ? 'in_channel' : 'ephemeral', text: chatText(lines.join('\n')) }
}
