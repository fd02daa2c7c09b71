import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace rookery. */
export namespace rookery {

    /** Namespace session. */
    namespace session {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of an AgentMessage.
             * @deprecated Use rookery.session.v1.AgentMessage.$Properties instead.
             */
            interface IAgentMessage extends rookery.session.v1.AgentMessage.$Properties {
            }

            /** Represents an AgentMessage. */
            class AgentMessage {

                /**
                 * Constructs a new AgentMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.AgentMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AgentMessage hello. */
                hello?: (rookery.session.v1.Hello.$Properties|null);

                /** AgentMessage heartbeat. */
                heartbeat?: (rookery.session.v1.Heartbeat.$Properties|null);

                /** AgentMessage fetchProgress. */
                fetchProgress?: (rookery.session.v1.FetchProgress.$Properties|null);

                /** AgentMessage phaseReport. */
                phaseReport?: (rookery.session.v1.PhaseReport.$Properties|null);

                /** AgentMessage readiness. */
                readiness?: (rookery.session.v1.Readiness.$Properties|null);

                /** AgentMessage spoolBatch. */
                spoolBatch?: (rookery.session.v1.SpoolBatch.$Properties|null);

                /** AgentMessage goodbye. */
                goodbye?: (rookery.session.v1.Goodbye.$Properties|null);

                /** AgentMessage verifyReport. */
                verifyReport?: (rookery.session.v1.VerifyReport.$Properties|null);

                /** AgentMessage body. */
                body?: ("hello"|"heartbeat"|"fetchProgress"|"phaseReport"|"readiness"|"spoolBatch"|"goodbye"|"verifyReport");

                /**
                 * Encodes the specified AgentMessage message. Does not implicitly {@link rookery.session.v1.AgentMessage.verify|verify} messages.
                 * @param message AgentMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.AgentMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AgentMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.AgentMessage & rookery.session.v1.AgentMessage.$Shape} AgentMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.AgentMessage & rookery.session.v1.AgentMessage.$Shape;
            }

            namespace AgentMessage {

                /** Properties of an AgentMessage. */
                interface $Properties {

                    /** AgentMessage hello */
                    hello?: (rookery.session.v1.Hello.$Properties|null);

                    /** AgentMessage heartbeat */
                    heartbeat?: (rookery.session.v1.Heartbeat.$Properties|null);

                    /** AgentMessage fetchProgress */
                    fetchProgress?: (rookery.session.v1.FetchProgress.$Properties|null);

                    /** AgentMessage phaseReport */
                    phaseReport?: (rookery.session.v1.PhaseReport.$Properties|null);

                    /** AgentMessage readiness */
                    readiness?: (rookery.session.v1.Readiness.$Properties|null);

                    /** AgentMessage spoolBatch */
                    spoolBatch?: (rookery.session.v1.SpoolBatch.$Properties|null);

                    /** AgentMessage goodbye */
                    goodbye?: (rookery.session.v1.Goodbye.$Properties|null);

                    /** AgentMessage verifyReport */
                    verifyReport?: (rookery.session.v1.VerifyReport.$Properties|null);

                    /** AgentMessage body */
                    body?: ("hello"|"heartbeat"|"fetchProgress"|"phaseReport"|"readiness"|"spoolBatch"|"goodbye"|"verifyReport");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of an AgentMessage. */
                type $Shape = {
                  hello?: rookery.session.v1.Hello.$Shape|null;
                  heartbeat?: rookery.session.v1.Heartbeat.$Shape|null;
                  fetchProgress?: rookery.session.v1.FetchProgress.$Shape|null;
                  phaseReport?: rookery.session.v1.PhaseReport.$Shape|null;
                  readiness?: rookery.session.v1.Readiness.$Shape|null;
                  spoolBatch?: rookery.session.v1.SpoolBatch.$Shape|null;
                  goodbye?: rookery.session.v1.Goodbye.$Shape|null;
                  verifyReport?: rookery.session.v1.VerifyReport.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "hello"; hello: rookery.session.v1.Hello.$Shape; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "heartbeat"; hello?: null; heartbeat: rookery.session.v1.Heartbeat.$Shape; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "fetchProgress"; hello?: null; heartbeat?: null; fetchProgress: rookery.session.v1.FetchProgress.$Shape; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "phaseReport"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport: rookery.session.v1.PhaseReport.$Shape; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "readiness"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness: rookery.session.v1.Readiness.$Shape; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "spoolBatch"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch: rookery.session.v1.SpoolBatch.$Shape; goodbye?: null; verifyReport?: null }|{ body?: "goodbye"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye: rookery.session.v1.Goodbye.$Shape; verifyReport?: null }|{ body?: "verifyReport"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport: rookery.session.v1.VerifyReport.$Shape })
                );
            }

            /**
             * Properties of a CoordinatorMessage.
             * @deprecated Use rookery.session.v1.CoordinatorMessage.$Properties instead.
             */
            interface ICoordinatorMessage extends rookery.session.v1.CoordinatorMessage.$Properties {
            }

            /** Represents a CoordinatorMessage. */
            class CoordinatorMessage {

                /**
                 * Constructs a new CoordinatorMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.CoordinatorMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CoordinatorMessage welcome. */
                welcome?: (rookery.session.v1.Welcome.$Properties|null);

                /** CoordinatorMessage desiredRelease. */
                desiredRelease?: (rookery.session.v1.DesiredRelease.$Properties|null);

                /** CoordinatorMessage command. */
                command?: (rookery.session.v1.Command.$Properties|null);

                /** CoordinatorMessage spoolAck. */
                spoolAck?: (rookery.session.v1.SpoolAck.$Properties|null);

                /** CoordinatorMessage goodbye. */
                goodbye?: (rookery.session.v1.Goodbye.$Properties|null);

                /** CoordinatorMessage swarmLimits. */
                swarmLimits?: (rookery.session.v1.SwarmLimits.$Properties|null);

                /** CoordinatorMessage seedingWanted. */
                seedingWanted?: (rookery.session.v1.SeedingWanted.$Properties|null);

                /** CoordinatorMessage trustBundle. */
                trustBundle?: (rookery.session.v1.TrustBundle.$Properties|null);

                /** CoordinatorMessage releaseRevocations. */
                releaseRevocations?: (rookery.session.v1.ReleaseRevocations.$Properties|null);

                /** CoordinatorMessage body. */
                body?: ("welcome"|"desiredRelease"|"command"|"spoolAck"|"goodbye"|"swarmLimits"|"seedingWanted"|"trustBundle"|"releaseRevocations");

                /**
                 * Encodes the specified CoordinatorMessage message. Does not implicitly {@link rookery.session.v1.CoordinatorMessage.verify|verify} messages.
                 * @param message CoordinatorMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.CoordinatorMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CoordinatorMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CoordinatorMessage & rookery.session.v1.CoordinatorMessage.$Shape} CoordinatorMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.CoordinatorMessage & rookery.session.v1.CoordinatorMessage.$Shape;
            }

            namespace CoordinatorMessage {

                /** Properties of a CoordinatorMessage. */
                interface $Properties {

                    /** CoordinatorMessage welcome */
                    welcome?: (rookery.session.v1.Welcome.$Properties|null);

                    /** CoordinatorMessage desiredRelease */
                    desiredRelease?: (rookery.session.v1.DesiredRelease.$Properties|null);

                    /** CoordinatorMessage command */
                    command?: (rookery.session.v1.Command.$Properties|null);

                    /** CoordinatorMessage spoolAck */
                    spoolAck?: (rookery.session.v1.SpoolAck.$Properties|null);

                    /** CoordinatorMessage goodbye */
                    goodbye?: (rookery.session.v1.Goodbye.$Properties|null);

                    /** CoordinatorMessage swarmLimits */
                    swarmLimits?: (rookery.session.v1.SwarmLimits.$Properties|null);

                    /** CoordinatorMessage seedingWanted */
                    seedingWanted?: (rookery.session.v1.SeedingWanted.$Properties|null);

                    /** CoordinatorMessage trustBundle */
                    trustBundle?: (rookery.session.v1.TrustBundle.$Properties|null);

                    /** CoordinatorMessage releaseRevocations */
                    releaseRevocations?: (rookery.session.v1.ReleaseRevocations.$Properties|null);

                    /** CoordinatorMessage body */
                    body?: ("welcome"|"desiredRelease"|"command"|"spoolAck"|"goodbye"|"swarmLimits"|"seedingWanted"|"trustBundle"|"releaseRevocations");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a CoordinatorMessage. */
                type $Shape = {
                  welcome?: rookery.session.v1.Welcome.$Shape|null;
                  desiredRelease?: rookery.session.v1.DesiredRelease.$Shape|null;
                  command?: rookery.session.v1.Command.$Shape|null;
                  spoolAck?: rookery.session.v1.SpoolAck.$Shape|null;
                  goodbye?: rookery.session.v1.Goodbye.$Shape|null;
                  swarmLimits?: rookery.session.v1.SwarmLimits.$Shape|null;
                  seedingWanted?: rookery.session.v1.SeedingWanted.$Shape|null;
                  trustBundle?: rookery.session.v1.TrustBundle.$Shape|null;
                  releaseRevocations?: rookery.session.v1.ReleaseRevocations.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "welcome"; welcome: rookery.session.v1.Welcome.$Shape; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "desiredRelease"; welcome?: null; desiredRelease: rookery.session.v1.DesiredRelease.$Shape; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "command"; welcome?: null; desiredRelease?: null; command: rookery.session.v1.Command.$Shape; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "spoolAck"; welcome?: null; desiredRelease?: null; command?: null; spoolAck: rookery.session.v1.SpoolAck.$Shape; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "goodbye"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye: rookery.session.v1.Goodbye.$Shape; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "swarmLimits"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits: rookery.session.v1.SwarmLimits.$Shape; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "seedingWanted"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted: rookery.session.v1.SeedingWanted.$Shape; trustBundle?: null; releaseRevocations?: null }|{ body?: "trustBundle"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle: rookery.session.v1.TrustBundle.$Shape; releaseRevocations?: null }|{ body?: "releaseRevocations"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations: rookery.session.v1.ReleaseRevocations.$Shape })
                );
            }

            /**
             * Properties of a Hello.
             * @deprecated Use rookery.session.v1.Hello.$Properties instead.
             */
            interface IHello extends rookery.session.v1.Hello.$Properties {
            }

            /** Represents a Hello. */
            class Hello {

                /**
                 * Constructs a new Hello.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Hello.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Hello protocolVersion. */
                protocolVersion: number;

                /** Hello agentVersion. */
                agentVersion: string;

                /** Hello host. */
                host: string;

                /** Hello pools. */
                pools: string[];

                /** Hello labels. */
                labels: { [k: string]: string };

                /** Hello observed. */
                observed: rookery.session.v1.ObservedRelease.$Properties[];

                /** Hello attempts. */
                attempts: rookery.session.v1.PhaseReport.$Properties[];

                /** Hello spoolId. */
                spoolId: string;

                /**
                 * Encodes the specified Hello message. Does not implicitly {@link rookery.session.v1.Hello.verify|verify} messages.
                 * @param message Hello message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Hello message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Hello & rookery.session.v1.Hello.$Shape} Hello
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Hello & rookery.session.v1.Hello.$Shape;
            }

            namespace Hello {

                /** Properties of a Hello. */
                interface $Properties {

                    /** Hello protocolVersion */
                    protocolVersion?: (number|null);

                    /** Hello agentVersion */
                    agentVersion?: (string|null);

                    /** Hello host */
                    host?: (string|null);

                    /** Hello pools */
                    pools?: (string[]|null);

                    /** Hello labels */
                    labels?: ({ [k: string]: string }|null);

                    /** Hello observed */
                    observed?: (rookery.session.v1.ObservedRelease.$Properties[]|null);

                    /** Hello attempts */
                    attempts?: (rookery.session.v1.PhaseReport.$Properties[]|null);

                    /** Hello spoolId */
                    spoolId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Hello. */
                type $Shape = rookery.session.v1.Hello.$Properties;
            }

            /**
             * Properties of a Welcome.
             * @deprecated Use rookery.session.v1.Welcome.$Properties instead.
             */
            interface IWelcome extends rookery.session.v1.Welcome.$Properties {
            }

            /** Represents a Welcome. */
            class Welcome {

                /**
                 * Constructs a new Welcome.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Welcome.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Welcome protocolVersion. */
                protocolVersion: number;

                /** Welcome heartbeatMs. */
                heartbeatMs: number;

                /** Welcome spoolAcked. */
                spoolAcked: number;

                /**
                 * Encodes the specified Welcome message. Does not implicitly {@link rookery.session.v1.Welcome.verify|verify} messages.
                 * @param message Welcome message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Welcome message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Welcome & rookery.session.v1.Welcome.$Shape} Welcome
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Welcome & rookery.session.v1.Welcome.$Shape;
            }

            namespace Welcome {

                /** Properties of a Welcome. */
                interface $Properties {

                    /** Welcome protocolVersion */
                    protocolVersion?: (number|null);

                    /** Welcome heartbeatMs */
                    heartbeatMs?: (number|null);

                    /** Welcome spoolAcked */
                    spoolAcked?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Welcome. */
                type $Shape = rookery.session.v1.Welcome.$Properties;
            }

            /**
             * Properties of a TrustBundle.
             * @deprecated Use rookery.session.v1.TrustBundle.$Properties instead.
             */
            interface ITrustBundle extends rookery.session.v1.TrustBundle.$Properties {
            }

            /** Represents a TrustBundle. */
            class TrustBundle {

                /**
                 * Constructs a new TrustBundle.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.TrustBundle.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** TrustBundle version. */
                version: number;

                /** TrustBundle authorities. */
                authorities: string[];

                /** TrustBundle revokedSerials. */
                revokedSerials: string[];

                /**
                 * Encodes the specified TrustBundle message. Does not implicitly {@link rookery.session.v1.TrustBundle.verify|verify} messages.
                 * @param message TrustBundle message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.TrustBundle.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a TrustBundle message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.TrustBundle & rookery.session.v1.TrustBundle.$Shape} TrustBundle
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.TrustBundle & rookery.session.v1.TrustBundle.$Shape;
            }

            namespace TrustBundle {

                /** Properties of a TrustBundle. */
                interface $Properties {

                    /** TrustBundle version */
                    version?: (number|null);

                    /** TrustBundle authorities */
                    authorities?: (string[]|null);

                    /** TrustBundle revokedSerials */
                    revokedSerials?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a TrustBundle. */
                type $Shape = rookery.session.v1.TrustBundle.$Properties;
            }

            /**
             * Properties of an ObservedRelease.
             * @deprecated Use rookery.session.v1.ObservedRelease.$Properties instead.
             */
            interface IObservedRelease extends rookery.session.v1.ObservedRelease.$Properties {
            }

            /** Represents an ObservedRelease. */
            class ObservedRelease {

                /**
                 * Constructs a new ObservedRelease.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.ObservedRelease.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ObservedRelease app. */
                app: string;

                /** ObservedRelease liveReleaseId. */
                liveReleaseId: string;

                /** ObservedRelease ready. */
                ready: boolean;

                /** ObservedRelease heldReleaseIds. */
                heldReleaseIds: string[];

                /**
                 * Encodes the specified ObservedRelease message. Does not implicitly {@link rookery.session.v1.ObservedRelease.verify|verify} messages.
                 * @param message ObservedRelease message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.ObservedRelease.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ObservedRelease message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.ObservedRelease & rookery.session.v1.ObservedRelease.$Shape} ObservedRelease
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.ObservedRelease & rookery.session.v1.ObservedRelease.$Shape;
            }

            namespace ObservedRelease {

                /** Properties of an ObservedRelease. */
                interface $Properties {

                    /** ObservedRelease app */
                    app?: (string|null);

                    /** ObservedRelease liveReleaseId */
                    liveReleaseId?: (string|null);

                    /** ObservedRelease ready */
                    ready?: (boolean|null);

                    /** ObservedRelease heldReleaseIds */
                    heldReleaseIds?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ObservedRelease. */
                type $Shape = rookery.session.v1.ObservedRelease.$Properties;
            }

            /**
             * Properties of a Heartbeat.
             * @deprecated Use rookery.session.v1.Heartbeat.$Properties instead.
             */
            interface IHeartbeat extends rookery.session.v1.Heartbeat.$Properties {
            }

            /** Represents a Heartbeat. */
            class Heartbeat {

                /**
                 * Constructs a new Heartbeat.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Heartbeat.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Heartbeat sentAtMs. */
                sentAtMs: number;

                /** Heartbeat observed. */
                observed: rookery.session.v1.ObservedRelease.$Properties[];

                /** Heartbeat diskFreeBytes. */
                diskFreeBytes: number;

                /** Heartbeat diskTotalBytes. */
                diskTotalBytes: number;

                /**
                 * Encodes the specified Heartbeat message. Does not implicitly {@link rookery.session.v1.Heartbeat.verify|verify} messages.
                 * @param message Heartbeat message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Heartbeat message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Heartbeat & rookery.session.v1.Heartbeat.$Shape} Heartbeat
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Heartbeat & rookery.session.v1.Heartbeat.$Shape;
            }

            namespace Heartbeat {

                /** Properties of a Heartbeat. */
                interface $Properties {

                    /** Heartbeat sentAtMs */
                    sentAtMs?: (number|null);

                    /** Heartbeat observed */
                    observed?: (rookery.session.v1.ObservedRelease.$Properties[]|null);

                    /** Heartbeat diskFreeBytes */
                    diskFreeBytes?: (number|null);

                    /** Heartbeat diskTotalBytes */
                    diskTotalBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Heartbeat. */
                type $Shape = rookery.session.v1.Heartbeat.$Properties;
            }

            /**
             * Properties of a DesiredRelease.
             * @deprecated Use rookery.session.v1.DesiredRelease.$Properties instead.
             */
            interface IDesiredRelease extends rookery.session.v1.DesiredRelease.$Properties {
            }

            /** Represents a DesiredRelease. */
            class DesiredRelease {

                /**
                 * Constructs a new DesiredRelease.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.DesiredRelease.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** DesiredRelease attemptId. */
                attemptId: string;

                /** DesiredRelease rolloutId. */
                rolloutId: string;

                /** DesiredRelease app. */
                app: string;

                /** DesiredRelease releaseId. */
                releaseId: string;

                /** DesiredRelease manifest. */
                manifest: Uint8Array;

                /** DesiredRelease signature. */
                signature: Uint8Array;

                /** DesiredRelease torrent. */
                torrent: Uint8Array;

                /** DesiredRelease repair. */
                repair: boolean;

                /**
                 * Encodes the specified DesiredRelease message. Does not implicitly {@link rookery.session.v1.DesiredRelease.verify|verify} messages.
                 * @param message DesiredRelease message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.DesiredRelease.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a DesiredRelease message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.DesiredRelease & rookery.session.v1.DesiredRelease.$Shape} DesiredRelease
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.DesiredRelease & rookery.session.v1.DesiredRelease.$Shape;
            }

            namespace DesiredRelease {

                /** Properties of a DesiredRelease. */
                interface $Properties {

                    /** DesiredRelease attemptId */
                    attemptId?: (string|null);

                    /** DesiredRelease rolloutId */
                    rolloutId?: (string|null);

                    /** DesiredRelease app */
                    app?: (string|null);

                    /** DesiredRelease releaseId */
                    releaseId?: (string|null);

                    /** DesiredRelease manifest */
                    manifest?: (Uint8Array|null);

                    /** DesiredRelease signature */
                    signature?: (Uint8Array|null);

                    /** DesiredRelease torrent */
                    torrent?: (Uint8Array|null);

                    /** DesiredRelease repair */
                    repair?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a DesiredRelease. */
                type $Shape = rookery.session.v1.DesiredRelease.$Properties;
            }

            /** CommandKind enum. */
            enum CommandKind {

                /** COMMAND_KIND_UNSPECIFIED value */
                COMMAND_KIND_UNSPECIFIED = 0,

                /** COMMAND_KIND_ACTIVATE value */
                COMMAND_KIND_ACTIVATE = 1,

                /** COMMAND_KIND_CANCEL value */
                COMMAND_KIND_CANCEL = 2,

                /** COMMAND_KIND_VERIFY value */
                COMMAND_KIND_VERIFY = 3
            }

            /**
             * Properties of a Command.
             * @deprecated Use rookery.session.v1.Command.$Properties instead.
             */
            interface ICommand extends rookery.session.v1.Command.$Properties {
            }

            /** Represents a Command. */
            class Command {

                /**
                 * Constructs a new Command.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Command.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Command attemptId. */
                attemptId: string;

                /** Command rolloutId. */
                rolloutId: string;

                /** Command kind. */
                kind: rookery.session.v1.CommandKind;

                /** Command app. */
                app: string;

                /** Command releaseId. */
                releaseId: string;

                /** Command cancelsAttemptId. */
                cancelsAttemptId: string;

                /** Command batch. */
                batch: number;

                /**
                 * Encodes the specified Command message. Does not implicitly {@link rookery.session.v1.Command.verify|verify} messages.
                 * @param message Command message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Command.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Command message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Command & rookery.session.v1.Command.$Shape} Command
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Command & rookery.session.v1.Command.$Shape;
            }

            namespace Command {

                /** Properties of a Command. */
                interface $Properties {

                    /** Command attemptId */
                    attemptId?: (string|null);

                    /** Command rolloutId */
                    rolloutId?: (string|null);

                    /** Command kind */
                    kind?: (rookery.session.v1.CommandKind|null);

                    /** Command app */
                    app?: (string|null);

                    /** Command releaseId */
                    releaseId?: (string|null);

                    /** Command cancelsAttemptId */
                    cancelsAttemptId?: (string|null);

                    /** Command batch */
                    batch?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Command. */
                type $Shape = rookery.session.v1.Command.$Properties;
            }

            /** Phase enum. */
            enum Phase {

                /** PHASE_UNSPECIFIED value */
                PHASE_UNSPECIFIED = 0,

                /** PHASE_FETCH value */
                PHASE_FETCH = 1,

                /** PHASE_UNPACK value */
                PHASE_UNPACK = 2,

                /** PHASE_PREPARE value */
                PHASE_PREPARE = 3,

                /** PHASE_PRE_ACTIVATE value */
                PHASE_PRE_ACTIVATE = 4,

                /** PHASE_ACTIVATE value */
                PHASE_ACTIVATE = 5,

                /** PHASE_RESTART value */
                PHASE_RESTART = 6,

                /** PHASE_READINESS value */
                PHASE_READINESS = 7,

                /** PHASE_POST_ACTIVATE value */
                PHASE_POST_ACTIVATE = 8,

                /** PHASE_DRAIN value */
                PHASE_DRAIN = 9,

                /** PHASE_UNDRAIN value */
                PHASE_UNDRAIN = 10
            }

            /** PhaseState enum. */
            enum PhaseState {

                /** PHASE_STATE_UNSPECIFIED value */
                PHASE_STATE_UNSPECIFIED = 0,

                /** PHASE_STATE_STARTED value */
                PHASE_STATE_STARTED = 1,

                /** PHASE_STATE_SUCCEEDED value */
                PHASE_STATE_SUCCEEDED = 2,

                /** PHASE_STATE_FAILED value */
                PHASE_STATE_FAILED = 3
            }

            /**
             * Properties of a PhaseReport.
             * @deprecated Use rookery.session.v1.PhaseReport.$Properties instead.
             */
            interface IPhaseReport extends rookery.session.v1.PhaseReport.$Properties {
            }

            /** Represents a PhaseReport. */
            class PhaseReport {

                /**
                 * Constructs a new PhaseReport.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.PhaseReport.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** PhaseReport attemptId. */
                attemptId: string;

                /** PhaseReport rolloutId. */
                rolloutId: string;

                /** PhaseReport app. */
                app: string;

                /** PhaseReport releaseId. */
                releaseId: string;

                /** PhaseReport phase. */
                phase: rookery.session.v1.Phase;

                /** PhaseReport state. */
                state: rookery.session.v1.PhaseState;

                /** PhaseReport final. */
                final: boolean;

                /** PhaseReport errorCode. */
                errorCode: string;

                /** PhaseReport errorMessage. */
                errorMessage: string;

                /** PhaseReport durationMs. */
                durationMs: number;

                /** PhaseReport atMs. */
                atMs: number;

                /** PhaseReport fetchTotals. */
                fetchTotals?: (rookery.session.v1.FetchTotals.$Properties|null);

                /** PhaseReport fetchTiming. */
                fetchTiming?: (rookery.session.v1.FetchTiming.$Properties|null);

                /** PhaseReport exitCode. */
                exitCode: number;

                /** PhaseReport hasExitCode. */
                hasExitCode: boolean;

                /**
                 * Encodes the specified PhaseReport message. Does not implicitly {@link rookery.session.v1.PhaseReport.verify|verify} messages.
                 * @param message PhaseReport message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.PhaseReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a PhaseReport message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.PhaseReport & rookery.session.v1.PhaseReport.$Shape} PhaseReport
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.PhaseReport & rookery.session.v1.PhaseReport.$Shape;
            }

            namespace PhaseReport {

                /** Properties of a PhaseReport. */
                interface $Properties {

                    /** PhaseReport attemptId */
                    attemptId?: (string|null);

                    /** PhaseReport rolloutId */
                    rolloutId?: (string|null);

                    /** PhaseReport app */
                    app?: (string|null);

                    /** PhaseReport releaseId */
                    releaseId?: (string|null);

                    /** PhaseReport phase */
                    phase?: (rookery.session.v1.Phase|null);

                    /** PhaseReport state */
                    state?: (rookery.session.v1.PhaseState|null);

                    /** PhaseReport final */
                    final?: (boolean|null);

                    /** PhaseReport errorCode */
                    errorCode?: (string|null);

                    /** PhaseReport errorMessage */
                    errorMessage?: (string|null);

                    /** PhaseReport durationMs */
                    durationMs?: (number|null);

                    /** PhaseReport atMs */
                    atMs?: (number|null);

                    /** PhaseReport fetchTotals */
                    fetchTotals?: (rookery.session.v1.FetchTotals.$Properties|null);

                    /** PhaseReport fetchTiming */
                    fetchTiming?: (rookery.session.v1.FetchTiming.$Properties|null);

                    /** PhaseReport exitCode */
                    exitCode?: (number|null);

                    /** PhaseReport hasExitCode */
                    hasExitCode?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a PhaseReport. */
                type $Shape = rookery.session.v1.PhaseReport.$Properties;
            }

            /**
             * Properties of a FetchTotals.
             * @deprecated Use rookery.session.v1.FetchTotals.$Properties instead.
             */
            interface IFetchTotals extends rookery.session.v1.FetchTotals.$Properties {
            }

            /** Represents a FetchTotals. */
            class FetchTotals {

                /**
                 * Constructs a new FetchTotals.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.FetchTotals.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FetchTotals bytesFromPeers. */
                bytesFromPeers: number;

                /** FetchTotals bytesFromSeeder. */
                bytesFromSeeder: number;

                /** FetchTotals bytesFromWebSeed. */
                bytesFromWebSeed: number;

                /** FetchTotals bytesReused. */
                bytesReused: number;

                /** FetchTotals bytesWasted. */
                bytesWasted: number;

                /** FetchTotals bytesUploaded. */
                bytesUploaded: number;

                /**
                 * Encodes the specified FetchTotals message. Does not implicitly {@link rookery.session.v1.FetchTotals.verify|verify} messages.
                 * @param message FetchTotals message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.FetchTotals.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FetchTotals message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchTotals & rookery.session.v1.FetchTotals.$Shape} FetchTotals
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.FetchTotals & rookery.session.v1.FetchTotals.$Shape;
            }

            namespace FetchTotals {

                /** Properties of a FetchTotals. */
                interface $Properties {

                    /** FetchTotals bytesFromPeers */
                    bytesFromPeers?: (number|null);

                    /** FetchTotals bytesFromSeeder */
                    bytesFromSeeder?: (number|null);

                    /** FetchTotals bytesFromWebSeed */
                    bytesFromWebSeed?: (number|null);

                    /** FetchTotals bytesReused */
                    bytesReused?: (number|null);

                    /** FetchTotals bytesWasted */
                    bytesWasted?: (number|null);

                    /** FetchTotals bytesUploaded */
                    bytesUploaded?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FetchTotals. */
                type $Shape = rookery.session.v1.FetchTotals.$Properties;
            }

            /**
             * Properties of a FetchTiming.
             * @deprecated Use rookery.session.v1.FetchTiming.$Properties instead.
             */
            interface IFetchTiming extends rookery.session.v1.FetchTiming.$Properties {
            }

            /** Represents a FetchTiming. */
            class FetchTiming {

                /**
                 * Constructs a new FetchTiming.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.FetchTiming.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FetchTiming startedAtMs. */
                startedAtMs: number;

                /** FetchTiming firstByteAtMs. */
                firstByteAtMs: number;

                /** FetchTiming finishedAtMs. */
                finishedAtMs: number;

                /** FetchTiming bytesTotal. */
                bytesTotal: number;

                /** FetchTiming piecesTotal. */
                piecesTotal: number;

                /** FetchTiming mostPeers. */
                mostPeers: number;

                /** FetchTiming diskWaitMs. */
                diskWaitMs: number;

                /** FetchTiming longestStallMs. */
                longestStallMs: number;

                /**
                 * Encodes the specified FetchTiming message. Does not implicitly {@link rookery.session.v1.FetchTiming.verify|verify} messages.
                 * @param message FetchTiming message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.FetchTiming.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FetchTiming message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchTiming & rookery.session.v1.FetchTiming.$Shape} FetchTiming
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.FetchTiming & rookery.session.v1.FetchTiming.$Shape;
            }

            namespace FetchTiming {

                /** Properties of a FetchTiming. */
                interface $Properties {

                    /** FetchTiming startedAtMs */
                    startedAtMs?: (number|null);

                    /** FetchTiming firstByteAtMs */
                    firstByteAtMs?: (number|null);

                    /** FetchTiming finishedAtMs */
                    finishedAtMs?: (number|null);

                    /** FetchTiming bytesTotal */
                    bytesTotal?: (number|null);

                    /** FetchTiming piecesTotal */
                    piecesTotal?: (number|null);

                    /** FetchTiming mostPeers */
                    mostPeers?: (number|null);

                    /** FetchTiming diskWaitMs */
                    diskWaitMs?: (number|null);

                    /** FetchTiming longestStallMs */
                    longestStallMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FetchTiming. */
                type $Shape = rookery.session.v1.FetchTiming.$Properties;
            }

            /**
             * Properties of a FetchProgress.
             * @deprecated Use rookery.session.v1.FetchProgress.$Properties instead.
             */
            interface IFetchProgress extends rookery.session.v1.FetchProgress.$Properties {
            }

            /** Represents a FetchProgress. */
            class FetchProgress {

                /**
                 * Constructs a new FetchProgress.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.FetchProgress.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FetchProgress attemptId. */
                attemptId: string;

                /** FetchProgress rolloutId. */
                rolloutId: string;

                /** FetchProgress releaseId. */
                releaseId: string;

                /** FetchProgress piecesDone. */
                piecesDone: number;

                /** FetchProgress piecesTotal. */
                piecesTotal: number;

                /** FetchProgress bytesDone. */
                bytesDone: number;

                /** FetchProgress bytesTotal. */
                bytesTotal: number;

                /** FetchProgress peers. */
                peers: number;

                /** FetchProgress totals. */
                totals?: (rookery.session.v1.FetchTotals.$Properties|null);

                /**
                 * Encodes the specified FetchProgress message. Does not implicitly {@link rookery.session.v1.FetchProgress.verify|verify} messages.
                 * @param message FetchProgress message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.FetchProgress.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FetchProgress message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchProgress & rookery.session.v1.FetchProgress.$Shape} FetchProgress
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.FetchProgress & rookery.session.v1.FetchProgress.$Shape;
            }

            namespace FetchProgress {

                /** Properties of a FetchProgress. */
                interface $Properties {

                    /** FetchProgress attemptId */
                    attemptId?: (string|null);

                    /** FetchProgress rolloutId */
                    rolloutId?: (string|null);

                    /** FetchProgress releaseId */
                    releaseId?: (string|null);

                    /** FetchProgress piecesDone */
                    piecesDone?: (number|null);

                    /** FetchProgress piecesTotal */
                    piecesTotal?: (number|null);

                    /** FetchProgress bytesDone */
                    bytesDone?: (number|null);

                    /** FetchProgress bytesTotal */
                    bytesTotal?: (number|null);

                    /** FetchProgress peers */
                    peers?: (number|null);

                    /** FetchProgress totals */
                    totals?: (rookery.session.v1.FetchTotals.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FetchProgress. */
                type $Shape = rookery.session.v1.FetchProgress.$Properties;
            }

            /**
             * Properties of a Readiness.
             * @deprecated Use rookery.session.v1.Readiness.$Properties instead.
             */
            interface IReadiness extends rookery.session.v1.Readiness.$Properties {
            }

            /** Represents a Readiness. */
            class Readiness {

                /**
                 * Constructs a new Readiness.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Readiness.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Readiness app. */
                app: string;

                /** Readiness releaseId. */
                releaseId: string;

                /** Readiness ready. */
                ready: boolean;

                /** Readiness detail. */
                detail: string;

                /** Readiness atMs. */
                atMs: number;

                /**
                 * Encodes the specified Readiness message. Does not implicitly {@link rookery.session.v1.Readiness.verify|verify} messages.
                 * @param message Readiness message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Readiness.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Readiness message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Readiness & rookery.session.v1.Readiness.$Shape} Readiness
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Readiness & rookery.session.v1.Readiness.$Shape;
            }

            namespace Readiness {

                /** Properties of a Readiness. */
                interface $Properties {

                    /** Readiness app */
                    app?: (string|null);

                    /** Readiness releaseId */
                    releaseId?: (string|null);

                    /** Readiness ready */
                    ready?: (boolean|null);

                    /** Readiness detail */
                    detail?: (string|null);

                    /** Readiness atMs */
                    atMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Readiness. */
                type $Shape = rookery.session.v1.Readiness.$Properties;
            }

            /**
             * Properties of a SpoolBatch.
             * @deprecated Use rookery.session.v1.SpoolBatch.$Properties instead.
             */
            interface ISpoolBatch extends rookery.session.v1.SpoolBatch.$Properties {
            }

            /** Represents a SpoolBatch. */
            class SpoolBatch {

                /**
                 * Constructs a new SpoolBatch.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SpoolBatch.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SpoolBatch spoolId. */
                spoolId: string;

                /** SpoolBatch records. */
                records: rookery.session.v1.SpoolRecord.$Properties[];

                /**
                 * Encodes the specified SpoolBatch message. Does not implicitly {@link rookery.session.v1.SpoolBatch.verify|verify} messages.
                 * @param message SpoolBatch message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SpoolBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SpoolBatch message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolBatch & rookery.session.v1.SpoolBatch.$Shape} SpoolBatch
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SpoolBatch & rookery.session.v1.SpoolBatch.$Shape;
            }

            namespace SpoolBatch {

                /** Properties of a SpoolBatch. */
                interface $Properties {

                    /** SpoolBatch spoolId */
                    spoolId?: (string|null);

                    /** SpoolBatch records */
                    records?: (rookery.session.v1.SpoolRecord.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SpoolBatch. */
                type $Shape = {
                  spoolId?: string|null;
                  records?: rookery.session.v1.SpoolRecord.$Shape[]|null;
                  $unknowns?: Uint8Array[];
                };
            }

            /**
             * Properties of a SpoolRecord.
             * @deprecated Use rookery.session.v1.SpoolRecord.$Properties instead.
             */
            interface ISpoolRecord extends rookery.session.v1.SpoolRecord.$Properties {
            }

            /** Represents a SpoolRecord. */
            class SpoolRecord {

                /**
                 * Constructs a new SpoolRecord.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SpoolRecord.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SpoolRecord number. */
                number: number;

                /** SpoolRecord logChunk. */
                logChunk?: (rookery.session.v1.LogChunk.$Properties|null);

                /** SpoolRecord counterWindow. */
                counterWindow?: (rookery.session.v1.CounterWindow.$Properties|null);

                /** SpoolRecord gap. */
                gap?: (rookery.session.v1.Gap.$Properties|null);

                /** SpoolRecord counterWindows. */
                counterWindows?: (rookery.session.v1.CounterWindows.$Properties|null);

                /** SpoolRecord body. */
                body?: ("logChunk"|"counterWindow"|"gap"|"counterWindows");

                /**
                 * Encodes the specified SpoolRecord message. Does not implicitly {@link rookery.session.v1.SpoolRecord.verify|verify} messages.
                 * @param message SpoolRecord message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SpoolRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SpoolRecord message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolRecord & rookery.session.v1.SpoolRecord.$Shape} SpoolRecord
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SpoolRecord & rookery.session.v1.SpoolRecord.$Shape;
            }

            namespace SpoolRecord {

                /** Properties of a SpoolRecord. */
                interface $Properties {

                    /** SpoolRecord number */
                    number?: (number|null);

                    /** SpoolRecord logChunk */
                    logChunk?: (rookery.session.v1.LogChunk.$Properties|null);

                    /** SpoolRecord counterWindow */
                    counterWindow?: (rookery.session.v1.CounterWindow.$Properties|null);

                    /** SpoolRecord gap */
                    gap?: (rookery.session.v1.Gap.$Properties|null);

                    /** SpoolRecord counterWindows */
                    counterWindows?: (rookery.session.v1.CounterWindows.$Properties|null);

                    /** SpoolRecord body */
                    body?: ("logChunk"|"counterWindow"|"gap"|"counterWindows");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a SpoolRecord. */
                type $Shape = {
                  number?: number|null;
                  logChunk?: rookery.session.v1.LogChunk.$Shape|null;
                  counterWindow?: rookery.session.v1.CounterWindow.$Shape|null;
                  gap?: rookery.session.v1.Gap.$Shape|null;
                  counterWindows?: rookery.session.v1.CounterWindows.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; logChunk?: null; counterWindow?: null; gap?: null; counterWindows?: null }|{ body?: "logChunk"; logChunk: rookery.session.v1.LogChunk.$Shape; counterWindow?: null; gap?: null; counterWindows?: null }|{ body?: "counterWindow"; logChunk?: null; counterWindow: rookery.session.v1.CounterWindow.$Shape; gap?: null; counterWindows?: null }|{ body?: "gap"; logChunk?: null; counterWindow?: null; gap: rookery.session.v1.Gap.$Shape; counterWindows?: null }|{ body?: "counterWindows"; logChunk?: null; counterWindow?: null; gap?: null; counterWindows: rookery.session.v1.CounterWindows.$Shape })
                );
            }

            /**
             * Properties of a SpoolAck.
             * @deprecated Use rookery.session.v1.SpoolAck.$Properties instead.
             */
            interface ISpoolAck extends rookery.session.v1.SpoolAck.$Properties {
            }

            /** Represents a SpoolAck. */
            class SpoolAck {

                /**
                 * Constructs a new SpoolAck.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SpoolAck.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SpoolAck spoolId. */
                spoolId: string;

                /** SpoolAck number. */
                number: number;

                /**
                 * Encodes the specified SpoolAck message. Does not implicitly {@link rookery.session.v1.SpoolAck.verify|verify} messages.
                 * @param message SpoolAck message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SpoolAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SpoolAck message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolAck & rookery.session.v1.SpoolAck.$Shape} SpoolAck
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SpoolAck & rookery.session.v1.SpoolAck.$Shape;
            }

            namespace SpoolAck {

                /** Properties of a SpoolAck. */
                interface $Properties {

                    /** SpoolAck spoolId */
                    spoolId?: (string|null);

                    /** SpoolAck number */
                    number?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SpoolAck. */
                type $Shape = rookery.session.v1.SpoolAck.$Properties;
            }

            /**
             * Properties of a LogChunk.
             * @deprecated Use rookery.session.v1.LogChunk.$Properties instead.
             */
            interface ILogChunk extends rookery.session.v1.LogChunk.$Properties {
            }

            /** Represents a LogChunk. */
            class LogChunk {

                /**
                 * Constructs a new LogChunk.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.LogChunk.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** LogChunk stream. */
                stream: string;

                /** LogChunk sequence. */
                sequence: number;

                /** LogChunk rolloutId. */
                rolloutId: string;

                /** LogChunk app. */
                app: string;

                /** LogChunk releaseId. */
                releaseId: string;

                /** LogChunk atMs. */
                atMs: number;

                /** LogChunk data. */
                data: Uint8Array;

                /** LogChunk final. */
                final: boolean;

                /** LogChunk leftOutBytes. */
                leftOutBytes: number;

                /** LogChunk leftOutLimit. */
                leftOutLimit: number;

                /**
                 * Encodes the specified LogChunk message. Does not implicitly {@link rookery.session.v1.LogChunk.verify|verify} messages.
                 * @param message LogChunk message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.LogChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a LogChunk message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.LogChunk & rookery.session.v1.LogChunk.$Shape} LogChunk
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.LogChunk & rookery.session.v1.LogChunk.$Shape;
            }

            namespace LogChunk {

                /** Properties of a LogChunk. */
                interface $Properties {

                    /** LogChunk stream */
                    stream?: (string|null);

                    /** LogChunk sequence */
                    sequence?: (number|null);

                    /** LogChunk rolloutId */
                    rolloutId?: (string|null);

                    /** LogChunk app */
                    app?: (string|null);

                    /** LogChunk releaseId */
                    releaseId?: (string|null);

                    /** LogChunk atMs */
                    atMs?: (number|null);

                    /** LogChunk data */
                    data?: (Uint8Array|null);

                    /** LogChunk final */
                    final?: (boolean|null);

                    /** LogChunk leftOutBytes */
                    leftOutBytes?: (number|null);

                    /** LogChunk leftOutLimit */
                    leftOutLimit?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a LogChunk. */
                type $Shape = rookery.session.v1.LogChunk.$Properties;
            }

            /**
             * Properties of a CounterWindow.
             * @deprecated Use rookery.session.v1.CounterWindow.$Properties instead.
             */
            interface ICounterWindow extends rookery.session.v1.CounterWindow.$Properties {
            }

            /** Represents a CounterWindow. */
            class CounterWindow {

                /**
                 * Constructs a new CounterWindow.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.CounterWindow.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CounterWindow name. */
                name: string;

                /** CounterWindow startMs. */
                startMs: number;

                /** CounterWindow widthMs. */
                widthMs: number;

                /** CounterWindow count. */
                count: number;

                /** CounterWindow sum. */
                sum: number;

                /** CounterWindow sumOfSquares. */
                sumOfSquares: number;

                /** CounterWindow min. */
                min: number;

                /** CounterWindow max. */
                max: number;

                /** CounterWindow app. */
                app: string;

                /** CounterWindow releaseId. */
                releaseId: string;

                /**
                 * Encodes the specified CounterWindow message. Does not implicitly {@link rookery.session.v1.CounterWindow.verify|verify} messages.
                 * @param message CounterWindow message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.CounterWindow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CounterWindow message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CounterWindow & rookery.session.v1.CounterWindow.$Shape} CounterWindow
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.CounterWindow & rookery.session.v1.CounterWindow.$Shape;
            }

            namespace CounterWindow {

                /** Properties of a CounterWindow. */
                interface $Properties {

                    /** CounterWindow name */
                    name?: (string|null);

                    /** CounterWindow startMs */
                    startMs?: (number|null);

                    /** CounterWindow widthMs */
                    widthMs?: (number|null);

                    /** CounterWindow count */
                    count?: (number|null);

                    /** CounterWindow sum */
                    sum?: (number|null);

                    /** CounterWindow sumOfSquares */
                    sumOfSquares?: (number|null);

                    /** CounterWindow min */
                    min?: (number|null);

                    /** CounterWindow max */
                    max?: (number|null);

                    /** CounterWindow app */
                    app?: (string|null);

                    /** CounterWindow releaseId */
                    releaseId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CounterWindow. */
                type $Shape = rookery.session.v1.CounterWindow.$Properties;
            }

            /** CounterKind enum. */
            enum CounterKind {

                /** COUNTER_KIND_COUNTER value */
                COUNTER_KIND_COUNTER = 0,

                /** COUNTER_KIND_GAUGE value */
                COUNTER_KIND_GAUGE = 1,

                /** COUNTER_KIND_TIMER value */
                COUNTER_KIND_TIMER = 2,

                /** COUNTER_KIND_SET value */
                COUNTER_KIND_SET = 3
            }

            /**
             * Properties of a CounterWindows.
             * @deprecated Use rookery.session.v1.CounterWindows.$Properties instead.
             */
            interface ICounterWindows extends rookery.session.v1.CounterWindows.$Properties {
            }

            /** Represents a CounterWindows. */
            class CounterWindows {

                /**
                 * Constructs a new CounterWindows.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.CounterWindows.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CounterWindows startMs. */
                startMs: number;

                /** CounterWindows widthMs. */
                widthMs: number;

                /** CounterWindows apps. */
                apps: string[];

                /** CounterWindows names. */
                names: Uint8Array;

                /** CounterWindows app. */
                app: Uint8Array;

                /** CounterWindows kinds. */
                kinds: Uint8Array;

                /** CounterWindows sums. */
                sums: Uint8Array;

                /** CounterWindows counts. */
                counts: Uint8Array;

                /** CounterWindows sumsOfSquares. */
                sumsOfSquares: Uint8Array;

                /** CounterWindows mins. */
                mins: Uint8Array;

                /** CounterWindows maxs. */
                maxs: Uint8Array;

                /**
                 * Encodes the specified CounterWindows message. Does not implicitly {@link rookery.session.v1.CounterWindows.verify|verify} messages.
                 * @param message CounterWindows message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.CounterWindows.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CounterWindows message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CounterWindows & rookery.session.v1.CounterWindows.$Shape} CounterWindows
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.CounterWindows & rookery.session.v1.CounterWindows.$Shape;
            }

            namespace CounterWindows {

                /** Properties of a CounterWindows. */
                interface $Properties {

                    /** CounterWindows startMs */
                    startMs?: (number|null);

                    /** CounterWindows widthMs */
                    widthMs?: (number|null);

                    /** CounterWindows apps */
                    apps?: (string[]|null);

                    /** CounterWindows names */
                    names?: (Uint8Array|null);

                    /** CounterWindows app */
                    app?: (Uint8Array|null);

                    /** CounterWindows kinds */
                    kinds?: (Uint8Array|null);

                    /** CounterWindows sums */
                    sums?: (Uint8Array|null);

                    /** CounterWindows counts */
                    counts?: (Uint8Array|null);

                    /** CounterWindows sumsOfSquares */
                    sumsOfSquares?: (Uint8Array|null);

                    /** CounterWindows mins */
                    mins?: (Uint8Array|null);

                    /** CounterWindows maxs */
                    maxs?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CounterWindows. */
                type $Shape = rookery.session.v1.CounterWindows.$Properties;
            }

            /**
             * Properties of a Gap.
             * @deprecated Use rookery.session.v1.Gap.$Properties instead.
             */
            interface IGap extends rookery.session.v1.Gap.$Properties {
            }

            /** Represents a Gap. */
            class Gap {

                /**
                 * Constructs a new Gap.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Gap.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Gap firstNumber. */
                firstNumber: number;

                /** Gap lastNumber. */
                lastNumber: number;

                /** Gap bytes. */
                bytes: number;

                /** Gap streams. */
                streams: rookery.session.v1.StreamLoss.$Properties[];

                /** Gap otherBytes. */
                otherBytes: number;

                /**
                 * Encodes the specified Gap message. Does not implicitly {@link rookery.session.v1.Gap.verify|verify} messages.
                 * @param message Gap message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Gap.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Gap message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Gap & rookery.session.v1.Gap.$Shape} Gap
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Gap & rookery.session.v1.Gap.$Shape;
            }

            namespace Gap {

                /** Properties of a Gap. */
                interface $Properties {

                    /** Gap firstNumber */
                    firstNumber?: (number|null);

                    /** Gap lastNumber */
                    lastNumber?: (number|null);

                    /** Gap bytes */
                    bytes?: (number|null);

                    /** Gap streams */
                    streams?: (rookery.session.v1.StreamLoss.$Properties[]|null);

                    /** Gap otherBytes */
                    otherBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Gap. */
                type $Shape = rookery.session.v1.Gap.$Properties;
            }

            /**
             * Properties of a StreamLoss.
             * @deprecated Use rookery.session.v1.StreamLoss.$Properties instead.
             */
            interface IStreamLoss extends rookery.session.v1.StreamLoss.$Properties {
            }

            /** Represents a StreamLoss. */
            class StreamLoss {

                /**
                 * Constructs a new StreamLoss.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.StreamLoss.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** StreamLoss stream. */
                stream: string;

                /** StreamLoss rolloutId. */
                rolloutId: string;

                /** StreamLoss app. */
                app: string;

                /** StreamLoss releaseId. */
                releaseId: string;

                /** StreamLoss bytes. */
                bytes: number;

                /** StreamLoss firstSequence. */
                firstSequence: number;

                /** StreamLoss lastSequence. */
                lastSequence: number;

                /**
                 * Encodes the specified StreamLoss message. Does not implicitly {@link rookery.session.v1.StreamLoss.verify|verify} messages.
                 * @param message StreamLoss message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.StreamLoss.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a StreamLoss message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.StreamLoss & rookery.session.v1.StreamLoss.$Shape} StreamLoss
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.StreamLoss & rookery.session.v1.StreamLoss.$Shape;
            }

            namespace StreamLoss {

                /** Properties of a StreamLoss. */
                interface $Properties {

                    /** StreamLoss stream */
                    stream?: (string|null);

                    /** StreamLoss rolloutId */
                    rolloutId?: (string|null);

                    /** StreamLoss app */
                    app?: (string|null);

                    /** StreamLoss releaseId */
                    releaseId?: (string|null);

                    /** StreamLoss bytes */
                    bytes?: (number|null);

                    /** StreamLoss firstSequence */
                    firstSequence?: (number|null);

                    /** StreamLoss lastSequence */
                    lastSequence?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a StreamLoss. */
                type $Shape = rookery.session.v1.StreamLoss.$Properties;
            }

            /**
             * Properties of a SwarmLimits.
             * @deprecated Use rookery.session.v1.SwarmLimits.$Properties instead.
             */
            interface ISwarmLimits extends rookery.session.v1.SwarmLimits.$Properties {
            }

            /** Represents a SwarmLimits. */
            class SwarmLimits {

                /**
                 * Constructs a new SwarmLimits.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SwarmLimits.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SwarmLimits uploadMbitPerSecond. */
                uploadMbitPerSecond: number;

                /** SwarmLimits downloadMbitPerSecond. */
                downloadMbitPerSecond: number;

                /** SwarmLimits zoneMbitPerSecond. */
                zoneMbitPerSecond: { [k: string]: number };

                /**
                 * Encodes the specified SwarmLimits message. Does not implicitly {@link rookery.session.v1.SwarmLimits.verify|verify} messages.
                 * @param message SwarmLimits message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SwarmLimits.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SwarmLimits message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SwarmLimits & rookery.session.v1.SwarmLimits.$Shape} SwarmLimits
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SwarmLimits & rookery.session.v1.SwarmLimits.$Shape;
            }

            namespace SwarmLimits {

                /** Properties of a SwarmLimits. */
                interface $Properties {

                    /** SwarmLimits uploadMbitPerSecond */
                    uploadMbitPerSecond?: (number|null);

                    /** SwarmLimits downloadMbitPerSecond */
                    downloadMbitPerSecond?: (number|null);

                    /** SwarmLimits zoneMbitPerSecond */
                    zoneMbitPerSecond?: ({ [k: string]: number }|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SwarmLimits. */
                type $Shape = rookery.session.v1.SwarmLimits.$Properties;
            }

            /**
             * Properties of a SeedingWanted.
             * @deprecated Use rookery.session.v1.SeedingWanted.$Properties instead.
             */
            interface ISeedingWanted extends rookery.session.v1.SeedingWanted.$Properties {
            }

            /** Represents a SeedingWanted. */
            class SeedingWanted {

                /**
                 * Constructs a new SeedingWanted.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SeedingWanted.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SeedingWanted releaseIds. */
                releaseIds: string[];

                /**
                 * Encodes the specified SeedingWanted message. Does not implicitly {@link rookery.session.v1.SeedingWanted.verify|verify} messages.
                 * @param message SeedingWanted message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SeedingWanted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SeedingWanted message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SeedingWanted & rookery.session.v1.SeedingWanted.$Shape} SeedingWanted
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SeedingWanted & rookery.session.v1.SeedingWanted.$Shape;
            }

            namespace SeedingWanted {

                /** Properties of a SeedingWanted. */
                interface $Properties {

                    /** SeedingWanted releaseIds */
                    releaseIds?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SeedingWanted. */
                type $Shape = rookery.session.v1.SeedingWanted.$Properties;
            }

            /**
             * Properties of a ReleaseRevocations.
             * @deprecated Use rookery.session.v1.ReleaseRevocations.$Properties instead.
             */
            interface IReleaseRevocations extends rookery.session.v1.ReleaseRevocations.$Properties {
            }

            /** Represents a ReleaseRevocations. */
            class ReleaseRevocations {

                /**
                 * Constructs a new ReleaseRevocations.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.ReleaseRevocations.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ReleaseRevocations revocations. */
                revocations: rookery.session.v1.SignedRevocation.$Properties[];

                /**
                 * Encodes the specified ReleaseRevocations message. Does not implicitly {@link rookery.session.v1.ReleaseRevocations.verify|verify} messages.
                 * @param message ReleaseRevocations message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.ReleaseRevocations.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ReleaseRevocations message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.ReleaseRevocations & rookery.session.v1.ReleaseRevocations.$Shape} ReleaseRevocations
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.ReleaseRevocations & rookery.session.v1.ReleaseRevocations.$Shape;
            }

            namespace ReleaseRevocations {

                /** Properties of a ReleaseRevocations. */
                interface $Properties {

                    /** ReleaseRevocations revocations */
                    revocations?: (rookery.session.v1.SignedRevocation.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ReleaseRevocations. */
                type $Shape = rookery.session.v1.ReleaseRevocations.$Properties;
            }

            /**
             * Properties of a SignedRevocation.
             * @deprecated Use rookery.session.v1.SignedRevocation.$Properties instead.
             */
            interface ISignedRevocation extends rookery.session.v1.SignedRevocation.$Properties {
            }

            /** Represents a SignedRevocation. */
            class SignedRevocation {

                /**
                 * Constructs a new SignedRevocation.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.SignedRevocation.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SignedRevocation statement. */
                statement: Uint8Array;

                /** SignedRevocation signature. */
                signature: Uint8Array;

                /**
                 * Encodes the specified SignedRevocation message. Does not implicitly {@link rookery.session.v1.SignedRevocation.verify|verify} messages.
                 * @param message SignedRevocation message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.SignedRevocation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SignedRevocation message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SignedRevocation & rookery.session.v1.SignedRevocation.$Shape} SignedRevocation
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.SignedRevocation & rookery.session.v1.SignedRevocation.$Shape;
            }

            namespace SignedRevocation {

                /** Properties of a SignedRevocation. */
                interface $Properties {

                    /** SignedRevocation statement */
                    statement?: (Uint8Array|null);

                    /** SignedRevocation signature */
                    signature?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SignedRevocation. */
                type $Shape = rookery.session.v1.SignedRevocation.$Properties;
            }

            /**
             * Properties of a VerifyReport.
             * @deprecated Use rookery.session.v1.VerifyReport.$Properties instead.
             */
            interface IVerifyReport extends rookery.session.v1.VerifyReport.$Properties {
            }

            /** Represents a VerifyReport. */
            class VerifyReport {

                /**
                 * Constructs a new VerifyReport.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.VerifyReport.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** VerifyReport attemptId. */
                attemptId: string;

                /** VerifyReport rolloutId. */
                rolloutId: string;

                /** VerifyReport app. */
                app: string;

                /** VerifyReport releaseId. */
                releaseId: string;

                /** VerifyReport intact. */
                intact: boolean;

                /** VerifyReport differences. */
                differences: rookery.session.v1.Difference.$Properties[];

                /** VerifyReport differencesTotal. */
                differencesTotal: number;

                /** VerifyReport files. */
                files: number;

                /** VerifyReport durationMs. */
                durationMs: number;

                /** VerifyReport atMs. */
                atMs: number;

                /** VerifyReport errorCode. */
                errorCode: string;

                /** VerifyReport errorMessage. */
                errorMessage: string;

                /**
                 * Encodes the specified VerifyReport message. Does not implicitly {@link rookery.session.v1.VerifyReport.verify|verify} messages.
                 * @param message VerifyReport message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.VerifyReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a VerifyReport message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.VerifyReport & rookery.session.v1.VerifyReport.$Shape} VerifyReport
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.VerifyReport & rookery.session.v1.VerifyReport.$Shape;
            }

            namespace VerifyReport {

                /** Properties of a VerifyReport. */
                interface $Properties {

                    /** VerifyReport attemptId */
                    attemptId?: (string|null);

                    /** VerifyReport rolloutId */
                    rolloutId?: (string|null);

                    /** VerifyReport app */
                    app?: (string|null);

                    /** VerifyReport releaseId */
                    releaseId?: (string|null);

                    /** VerifyReport intact */
                    intact?: (boolean|null);

                    /** VerifyReport differences */
                    differences?: (rookery.session.v1.Difference.$Properties[]|null);

                    /** VerifyReport differencesTotal */
                    differencesTotal?: (number|null);

                    /** VerifyReport files */
                    files?: (number|null);

                    /** VerifyReport durationMs */
                    durationMs?: (number|null);

                    /** VerifyReport atMs */
                    atMs?: (number|null);

                    /** VerifyReport errorCode */
                    errorCode?: (string|null);

                    /** VerifyReport errorMessage */
                    errorMessage?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a VerifyReport. */
                type $Shape = rookery.session.v1.VerifyReport.$Properties;
            }

            /**
             * Properties of a Difference.
             * @deprecated Use rookery.session.v1.Difference.$Properties instead.
             */
            interface IDifference extends rookery.session.v1.Difference.$Properties {
            }

            /** Represents a Difference. */
            class Difference {

                /**
                 * Constructs a new Difference.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Difference.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Difference path. */
                path: string;

                /** Difference what. */
                what: string;

                /**
                 * Encodes the specified Difference message. Does not implicitly {@link rookery.session.v1.Difference.verify|verify} messages.
                 * @param message Difference message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Difference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Difference message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Difference & rookery.session.v1.Difference.$Shape} Difference
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Difference & rookery.session.v1.Difference.$Shape;
            }

            namespace Difference {

                /** Properties of a Difference. */
                interface $Properties {

                    /** Difference path */
                    path?: (string|null);

                    /** Difference what */
                    what?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Difference. */
                type $Shape = rookery.session.v1.Difference.$Properties;
            }

            /**
             * Properties of a Goodbye.
             * @deprecated Use rookery.session.v1.Goodbye.$Properties instead.
             */
            interface IGoodbye extends rookery.session.v1.Goodbye.$Properties {
            }

            /** Represents a Goodbye. */
            class Goodbye {

                /**
                 * Constructs a new Goodbye.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: rookery.session.v1.Goodbye.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Goodbye reason. */
                reason: string;

                /** Goodbye errorCode. */
                errorCode: string;

                /**
                 * Encodes the specified Goodbye message. Does not implicitly {@link rookery.session.v1.Goodbye.verify|verify} messages.
                 * @param message Goodbye message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: rookery.session.v1.Goodbye.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Goodbye message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Goodbye & rookery.session.v1.Goodbye.$Shape} Goodbye
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rookery.session.v1.Goodbye & rookery.session.v1.Goodbye.$Shape;
            }

            namespace Goodbye {

                /** Properties of a Goodbye. */
                interface $Properties {

                    /** Goodbye reason */
                    reason?: (string|null);

                    /** Goodbye errorCode */
                    errorCode?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Goodbye. */
                type $Shape = rookery.session.v1.Goodbye.$Properties;
            }
        }
    }
}
