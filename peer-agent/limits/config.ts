import { type Static, Type } from 'typebox'

const Rules = (example: string[], description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { examples: [example], description }))

/** The `limits` of the agent's configuration: what a release may ask for here, whoever signed it. docs/releases.md explains them. */
export const LimitsConfig = Type.Object(
  {
    deployPaths: Rules(
      ['/srv', '/opt/*/app'],
      'Directories, or globs of them, below which apps may be deployed, whatever links lead there. Without it: anywhere but in directories of the system.',
    ),
    users: Rules(
      ['shop', 'www-data'],
      'Users as which hooks, apps and probes may run; a release that names none runs as the agent does. Without it: any.',
    ),
    commands: Rules(
      ['/bin/sh', 'node', './'],
      'What hooks, probes and `run` may execute: a name as it stands in the release, an absolute path, a directory that ends in /, a glob, or ./ for what the release brings itself. A command given as text needs /bin/sh. Without it: anything.',
    ),
    hookUrls: Rules(
      ['https://balancer.internal/'],
      'Beginnings of URLs that hooks may call over HTTP. Without it: any.',
    ),
    maxArtifactBytes: Type.Integer({
      minimum: 1,
      default: 64 * 1024 ** 3,
      description: 'Largest artifact that is fetched, in bytes; 64 GiB, more than any release that is one.',
    }),
    maxUnpackedBytes: Type.Integer({
      minimum: 1,
      default: 256 * 1024 ** 3,
      description: 'Largest tree that is unpacked, in bytes.',
    }),
    maxEntries: Type.Integer({
      minimum: 1,
      default: 500_000,
      description:
        'Most files, directories and links of a release: each takes an inode, and some hundred bytes of memory while it is unpacked.',
    }),
  },
  { additionalProperties: false, default: {} },
)
export type LimitsConfig = Static<typeof LimitsConfig>
