import { type Static, Type } from 'typebox'

/** The `signing` of the coordinator's configuration; docs/releases.md explains it. */
export const SigningConfig = Type.Object(
  {
    keyFile: Type.Optional(
      Type.String({
        minLength: 1,
        examples: ['/etc/rookery/signing-key.pem'],
        description:
          'Ed25519 key (PEM, PKCS #8) that signs releases. Without it and `command`, one is made in the data directory at the first start.',
      }),
    ),
    command: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        examples: [['/usr/local/bin/sign-release']],
        description:
          'Instead of a key: a program and its arguments that read the bytes to sign from standard input and write the signature to standard output, 64 bytes or base64. It needs `publicKeyFile`.',
      }),
    ),
    deadlineMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      description:
        'The command, and all it started, is killed after so many ms. A hardware token answers within seconds; this leaves time for one that is asked over a network.',
    }),
    publicKeyFile: Type.Optional(
      Type.String({
        minLength: 1,
        examples: ['/etc/rookery/signing-keys.pub.pem'],
        description:
          'Public keys (PEM, one after the other). The first must be that of the key or the command; releases that were signed with the others, former ones, are still accepted.',
      }),
    ),
  },
  { additionalProperties: false, default: {} },
)
export type SigningConfig = Static<typeof SigningConfig>
