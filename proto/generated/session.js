/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const rookery = $root.rookery = (() => {

    /**
     * Namespace rookery.
     * @exports rookery
     * @namespace
     */
    const rookery = {};

    rookery.session = (function() {

        /**
         * Namespace session.
         * @memberof rookery
         * @namespace
         */
        const session = {};

        session.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof rookery.session
             * @namespace
             */
            const v1 = {};

            v1.AgentMessage = (function() {

                /**
                 * Properties of an AgentMessage.
                 * @typedef {Object} rookery.session.v1.AgentMessage.$Properties
                 * @property {rookery.session.v1.Hello.$Properties|null} [hello] AgentMessage hello
                 * @property {rookery.session.v1.Heartbeat.$Properties|null} [heartbeat] AgentMessage heartbeat
                 * @property {rookery.session.v1.FetchProgress.$Properties|null} [fetchProgress] AgentMessage fetchProgress
                 * @property {rookery.session.v1.PhaseReport.$Properties|null} [phaseReport] AgentMessage phaseReport
                 * @property {rookery.session.v1.Readiness.$Properties|null} [readiness] AgentMessage readiness
                 * @property {rookery.session.v1.SpoolBatch.$Properties|null} [spoolBatch] AgentMessage spoolBatch
                 * @property {rookery.session.v1.Goodbye.$Properties|null} [goodbye] AgentMessage goodbye
                 * @property {rookery.session.v1.VerifyReport.$Properties|null} [verifyReport] AgentMessage verifyReport
                 * @property {"hello"|"heartbeat"|"fetchProgress"|"phaseReport"|"readiness"|"spoolBatch"|"goodbye"|"verifyReport"} [body] AgentMessage body
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an AgentMessage.
                 * @memberof rookery.session.v1
                 * @interface IAgentMessage
                 * @augments rookery.session.v1.AgentMessage.$Properties
                 * @deprecated Use rookery.session.v1.AgentMessage.$Properties instead.
                 */

                /**
                 * Narrowed shape of an AgentMessage.
                 * @typedef {{
                 *   hello?: rookery.session.v1.Hello.$Shape|null;
                 *   heartbeat?: rookery.session.v1.Heartbeat.$Shape|null;
                 *   fetchProgress?: rookery.session.v1.FetchProgress.$Shape|null;
                 *   phaseReport?: rookery.session.v1.PhaseReport.$Shape|null;
                 *   readiness?: rookery.session.v1.Readiness.$Shape|null;
                 *   spoolBatch?: rookery.session.v1.SpoolBatch.$Shape|null;
                 *   goodbye?: rookery.session.v1.Goodbye.$Shape|null;
                 *   verifyReport?: rookery.session.v1.VerifyReport.$Shape|null;
                 *   $unknowns?: Array.<Uint8Array>;
                 * } & (
                 *   ({ body?: undefined; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "hello"; hello: rookery.session.v1.Hello.$Shape; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "heartbeat"; hello?: null; heartbeat: rookery.session.v1.Heartbeat.$Shape; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "fetchProgress"; hello?: null; heartbeat?: null; fetchProgress: rookery.session.v1.FetchProgress.$Shape; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "phaseReport"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport: rookery.session.v1.PhaseReport.$Shape; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "readiness"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness: rookery.session.v1.Readiness.$Shape; spoolBatch?: null; goodbye?: null; verifyReport?: null }|{ body?: "spoolBatch"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch: rookery.session.v1.SpoolBatch.$Shape; goodbye?: null; verifyReport?: null }|{ body?: "goodbye"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye: rookery.session.v1.Goodbye.$Shape; verifyReport?: null }|{ body?: "verifyReport"; hello?: null; heartbeat?: null; fetchProgress?: null; phaseReport?: null; readiness?: null; spoolBatch?: null; goodbye?: null; verifyReport: rookery.session.v1.VerifyReport.$Shape })
                 * )} rookery.session.v1.AgentMessage.$Shape
                 */

                /**
                 * Constructs a new AgentMessage.
                 * @memberof rookery.session.v1
                 * @classdesc Represents an AgentMessage.
                 * @constructor
                 * @param {rookery.session.v1.AgentMessage.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const AgentMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * AgentMessage hello.
                 * @member {rookery.session.v1.Hello.$Properties|null|undefined} hello
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.hello = null;

                /**
                 * AgentMessage heartbeat.
                 * @member {rookery.session.v1.Heartbeat.$Properties|null|undefined} heartbeat
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.heartbeat = null;

                /**
                 * AgentMessage fetchProgress.
                 * @member {rookery.session.v1.FetchProgress.$Properties|null|undefined} fetchProgress
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.fetchProgress = null;

                /**
                 * AgentMessage phaseReport.
                 * @member {rookery.session.v1.PhaseReport.$Properties|null|undefined} phaseReport
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.phaseReport = null;

                /**
                 * AgentMessage readiness.
                 * @member {rookery.session.v1.Readiness.$Properties|null|undefined} readiness
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.readiness = null;

                /**
                 * AgentMessage spoolBatch.
                 * @member {rookery.session.v1.SpoolBatch.$Properties|null|undefined} spoolBatch
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.spoolBatch = null;

                /**
                 * AgentMessage goodbye.
                 * @member {rookery.session.v1.Goodbye.$Properties|null|undefined} goodbye
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.goodbye = null;

                /**
                 * AgentMessage verifyReport.
                 * @member {rookery.session.v1.VerifyReport.$Properties|null|undefined} verifyReport
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                AgentMessage.prototype.verifyReport = null;

                // OneOf field names bound to virtual getters and setters
                let $oneOfFields;

                /**
                 * AgentMessage body.
                 * @member {"hello"|"heartbeat"|"fetchProgress"|"phaseReport"|"readiness"|"spoolBatch"|"goodbye"|"verifyReport"|undefined} body
                 * @memberof rookery.session.v1.AgentMessage
                 * @instance
                 */
                $Object.defineProperty(AgentMessage.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["hello", "heartbeat", "fetchProgress", "phaseReport", "readiness", "spoolBatch", "goodbye", "verifyReport"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                /**
                 * Encodes the specified AgentMessage message. Does not implicitly {@link rookery.session.v1.AgentMessage.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.AgentMessage
                 * @static
                 * @param {rookery.session.v1.AgentMessage.$Properties} message AgentMessage message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                AgentMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                        $root.rookery.session.v1.Hello.encode(message.hello, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                    if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                        $root.rookery.session.v1.Heartbeat.encode(message.heartbeat, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                    if (message.fetchProgress != null && $Object.hasOwnProperty.call(message, "fetchProgress"))
                        $root.rookery.session.v1.FetchProgress.encode(message.fetchProgress, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                    if (message.phaseReport != null && $Object.hasOwnProperty.call(message, "phaseReport"))
                        $root.rookery.session.v1.PhaseReport.encode(message.phaseReport, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                    if (message.readiness != null && $Object.hasOwnProperty.call(message, "readiness"))
                        $root.rookery.session.v1.Readiness.encode(message.readiness, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                    if (message.spoolBatch != null && $Object.hasOwnProperty.call(message, "spoolBatch"))
                        $root.rookery.session.v1.SpoolBatch.encode(message.spoolBatch, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                    if (message.goodbye != null && $Object.hasOwnProperty.call(message, "goodbye"))
                        $root.rookery.session.v1.Goodbye.encode(message.goodbye, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                    if (message.verifyReport != null && $Object.hasOwnProperty.call(message, "verifyReport"))
                        $root.rookery.session.v1.VerifyReport.encode(message.verifyReport, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an AgentMessage message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.AgentMessage
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.AgentMessage & rookery.session.v1.AgentMessage.$Shape} AgentMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                AgentMessage.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.AgentMessage();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.hello = $root.rookery.session.v1.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                                message.body = "hello";
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.heartbeat = $root.rookery.session.v1.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                                message.body = "heartbeat";
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.fetchProgress = $root.rookery.session.v1.FetchProgress.decode(reader, reader.size(), $undefined, _depth + 1, message.fetchProgress);
                                message.body = "fetchProgress";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.phaseReport = $root.rookery.session.v1.PhaseReport.decode(reader, reader.size(), $undefined, _depth + 1, message.phaseReport);
                                message.body = "phaseReport";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.readiness = $root.rookery.session.v1.Readiness.decode(reader, reader.size(), $undefined, _depth + 1, message.readiness);
                                message.body = "readiness";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.spoolBatch = $root.rookery.session.v1.SpoolBatch.decode(reader, reader.size(), $undefined, _depth + 1, message.spoolBatch);
                                message.body = "spoolBatch";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.goodbye = $root.rookery.session.v1.Goodbye.decode(reader, reader.size(), $undefined, _depth + 1, message.goodbye);
                                message.body = "goodbye";
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.verifyReport = $root.rookery.session.v1.VerifyReport.decode(reader, reader.size(), $undefined, _depth + 1, message.verifyReport);
                                message.body = "verifyReport";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return AgentMessage;
            })();

            v1.CoordinatorMessage = (function() {

                /**
                 * Properties of a CoordinatorMessage.
                 * @typedef {Object} rookery.session.v1.CoordinatorMessage.$Properties
                 * @property {rookery.session.v1.Welcome.$Properties|null} [welcome] CoordinatorMessage welcome
                 * @property {rookery.session.v1.DesiredRelease.$Properties|null} [desiredRelease] CoordinatorMessage desiredRelease
                 * @property {rookery.session.v1.Command.$Properties|null} [command] CoordinatorMessage command
                 * @property {rookery.session.v1.SpoolAck.$Properties|null} [spoolAck] CoordinatorMessage spoolAck
                 * @property {rookery.session.v1.Goodbye.$Properties|null} [goodbye] CoordinatorMessage goodbye
                 * @property {rookery.session.v1.SwarmLimits.$Properties|null} [swarmLimits] CoordinatorMessage swarmLimits
                 * @property {rookery.session.v1.SeedingWanted.$Properties|null} [seedingWanted] CoordinatorMessage seedingWanted
                 * @property {rookery.session.v1.TrustBundle.$Properties|null} [trustBundle] CoordinatorMessage trustBundle
                 * @property {rookery.session.v1.ReleaseRevocations.$Properties|null} [releaseRevocations] CoordinatorMessage releaseRevocations
                 * @property {"welcome"|"desiredRelease"|"command"|"spoolAck"|"goodbye"|"swarmLimits"|"seedingWanted"|"trustBundle"|"releaseRevocations"} [body] CoordinatorMessage body
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a CoordinatorMessage.
                 * @memberof rookery.session.v1
                 * @interface ICoordinatorMessage
                 * @augments rookery.session.v1.CoordinatorMessage.$Properties
                 * @deprecated Use rookery.session.v1.CoordinatorMessage.$Properties instead.
                 */

                /**
                 * Narrowed shape of a CoordinatorMessage.
                 * @typedef {{
                 *   welcome?: rookery.session.v1.Welcome.$Shape|null;
                 *   desiredRelease?: rookery.session.v1.DesiredRelease.$Shape|null;
                 *   command?: rookery.session.v1.Command.$Shape|null;
                 *   spoolAck?: rookery.session.v1.SpoolAck.$Shape|null;
                 *   goodbye?: rookery.session.v1.Goodbye.$Shape|null;
                 *   swarmLimits?: rookery.session.v1.SwarmLimits.$Shape|null;
                 *   seedingWanted?: rookery.session.v1.SeedingWanted.$Shape|null;
                 *   trustBundle?: rookery.session.v1.TrustBundle.$Shape|null;
                 *   releaseRevocations?: rookery.session.v1.ReleaseRevocations.$Shape|null;
                 *   $unknowns?: Array.<Uint8Array>;
                 * } & (
                 *   ({ body?: undefined; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "welcome"; welcome: rookery.session.v1.Welcome.$Shape; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "desiredRelease"; welcome?: null; desiredRelease: rookery.session.v1.DesiredRelease.$Shape; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "command"; welcome?: null; desiredRelease?: null; command: rookery.session.v1.Command.$Shape; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "spoolAck"; welcome?: null; desiredRelease?: null; command?: null; spoolAck: rookery.session.v1.SpoolAck.$Shape; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "goodbye"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye: rookery.session.v1.Goodbye.$Shape; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "swarmLimits"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits: rookery.session.v1.SwarmLimits.$Shape; seedingWanted?: null; trustBundle?: null; releaseRevocations?: null }|{ body?: "seedingWanted"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted: rookery.session.v1.SeedingWanted.$Shape; trustBundle?: null; releaseRevocations?: null }|{ body?: "trustBundle"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle: rookery.session.v1.TrustBundle.$Shape; releaseRevocations?: null }|{ body?: "releaseRevocations"; welcome?: null; desiredRelease?: null; command?: null; spoolAck?: null; goodbye?: null; swarmLimits?: null; seedingWanted?: null; trustBundle?: null; releaseRevocations: rookery.session.v1.ReleaseRevocations.$Shape })
                 * )} rookery.session.v1.CoordinatorMessage.$Shape
                 */

                /**
                 * Constructs a new CoordinatorMessage.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a CoordinatorMessage.
                 * @constructor
                 * @param {rookery.session.v1.CoordinatorMessage.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const CoordinatorMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * CoordinatorMessage welcome.
                 * @member {rookery.session.v1.Welcome.$Properties|null|undefined} welcome
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.welcome = null;

                /**
                 * CoordinatorMessage desiredRelease.
                 * @member {rookery.session.v1.DesiredRelease.$Properties|null|undefined} desiredRelease
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.desiredRelease = null;

                /**
                 * CoordinatorMessage command.
                 * @member {rookery.session.v1.Command.$Properties|null|undefined} command
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.command = null;

                /**
                 * CoordinatorMessage spoolAck.
                 * @member {rookery.session.v1.SpoolAck.$Properties|null|undefined} spoolAck
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.spoolAck = null;

                /**
                 * CoordinatorMessage goodbye.
                 * @member {rookery.session.v1.Goodbye.$Properties|null|undefined} goodbye
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.goodbye = null;

                /**
                 * CoordinatorMessage swarmLimits.
                 * @member {rookery.session.v1.SwarmLimits.$Properties|null|undefined} swarmLimits
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.swarmLimits = null;

                /**
                 * CoordinatorMessage seedingWanted.
                 * @member {rookery.session.v1.SeedingWanted.$Properties|null|undefined} seedingWanted
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.seedingWanted = null;

                /**
                 * CoordinatorMessage trustBundle.
                 * @member {rookery.session.v1.TrustBundle.$Properties|null|undefined} trustBundle
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.trustBundle = null;

                /**
                 * CoordinatorMessage releaseRevocations.
                 * @member {rookery.session.v1.ReleaseRevocations.$Properties|null|undefined} releaseRevocations
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                CoordinatorMessage.prototype.releaseRevocations = null;

                // OneOf field names bound to virtual getters and setters
                let $oneOfFields;

                /**
                 * CoordinatorMessage body.
                 * @member {"welcome"|"desiredRelease"|"command"|"spoolAck"|"goodbye"|"swarmLimits"|"seedingWanted"|"trustBundle"|"releaseRevocations"|undefined} body
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @instance
                 */
                $Object.defineProperty(CoordinatorMessage.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["welcome", "desiredRelease", "command", "spoolAck", "goodbye", "swarmLimits", "seedingWanted", "trustBundle", "releaseRevocations"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                /**
                 * Encodes the specified CoordinatorMessage message. Does not implicitly {@link rookery.session.v1.CoordinatorMessage.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @static
                 * @param {rookery.session.v1.CoordinatorMessage.$Properties} message CoordinatorMessage message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                CoordinatorMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                        $root.rookery.session.v1.Welcome.encode(message.welcome, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                    if (message.desiredRelease != null && $Object.hasOwnProperty.call(message, "desiredRelease"))
                        $root.rookery.session.v1.DesiredRelease.encode(message.desiredRelease, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                    if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                        $root.rookery.session.v1.Command.encode(message.command, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                    if (message.spoolAck != null && $Object.hasOwnProperty.call(message, "spoolAck"))
                        $root.rookery.session.v1.SpoolAck.encode(message.spoolAck, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                    if (message.goodbye != null && $Object.hasOwnProperty.call(message, "goodbye"))
                        $root.rookery.session.v1.Goodbye.encode(message.goodbye, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                    if (message.swarmLimits != null && $Object.hasOwnProperty.call(message, "swarmLimits"))
                        $root.rookery.session.v1.SwarmLimits.encode(message.swarmLimits, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                    if (message.seedingWanted != null && $Object.hasOwnProperty.call(message, "seedingWanted"))
                        $root.rookery.session.v1.SeedingWanted.encode(message.seedingWanted, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                    if (message.releaseRevocations != null && $Object.hasOwnProperty.call(message, "releaseRevocations"))
                        $root.rookery.session.v1.ReleaseRevocations.encode(message.releaseRevocations, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                    if (message.trustBundle != null && $Object.hasOwnProperty.call(message, "trustBundle"))
                        $root.rookery.session.v1.TrustBundle.encode(message.trustBundle, writer.uint32(/* id 30, wireType 2 =*/242).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a CoordinatorMessage message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.CoordinatorMessage
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CoordinatorMessage & rookery.session.v1.CoordinatorMessage.$Shape} CoordinatorMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                CoordinatorMessage.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.CoordinatorMessage();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.welcome = $root.rookery.session.v1.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                                message.body = "welcome";
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.desiredRelease = $root.rookery.session.v1.DesiredRelease.decode(reader, reader.size(), $undefined, _depth + 1, message.desiredRelease);
                                message.body = "desiredRelease";
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.command = $root.rookery.session.v1.Command.decode(reader, reader.size(), $undefined, _depth + 1, message.command);
                                message.body = "command";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.spoolAck = $root.rookery.session.v1.SpoolAck.decode(reader, reader.size(), $undefined, _depth + 1, message.spoolAck);
                                message.body = "spoolAck";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.goodbye = $root.rookery.session.v1.Goodbye.decode(reader, reader.size(), $undefined, _depth + 1, message.goodbye);
                                message.body = "goodbye";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.swarmLimits = $root.rookery.session.v1.SwarmLimits.decode(reader, reader.size(), $undefined, _depth + 1, message.swarmLimits);
                                message.body = "swarmLimits";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.seedingWanted = $root.rookery.session.v1.SeedingWanted.decode(reader, reader.size(), $undefined, _depth + 1, message.seedingWanted);
                                message.body = "seedingWanted";
                                continue;
                            }
                        case 30: {
                                if (wireType !== 2)
                                    break;
                                message.trustBundle = $root.rookery.session.v1.TrustBundle.decode(reader, reader.size(), $undefined, _depth + 1, message.trustBundle);
                                message.body = "trustBundle";
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.releaseRevocations = $root.rookery.session.v1.ReleaseRevocations.decode(reader, reader.size(), $undefined, _depth + 1, message.releaseRevocations);
                                message.body = "releaseRevocations";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return CoordinatorMessage;
            })();

            v1.Hello = (function() {

                /**
                 * Properties of a Hello.
                 * @typedef {Object} rookery.session.v1.Hello.$Properties
                 * @property {number|null} [protocolVersion] Hello protocolVersion
                 * @property {string|null} [agentVersion] Hello agentVersion
                 * @property {string|null} [host] Hello host
                 * @property {Array.<string>|null} [pools] Hello pools
                 * @property {Object.<string,string>|null} [labels] Hello labels
                 * @property {Array.<rookery.session.v1.ObservedRelease.$Properties>|null} [observed] Hello observed
                 * @property {Array.<rookery.session.v1.PhaseReport.$Properties>|null} [attempts] Hello attempts
                 * @property {string|null} [spoolId] Hello spoolId
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Hello.
                 * @memberof rookery.session.v1
                 * @interface IHello
                 * @augments rookery.session.v1.Hello.$Properties
                 * @deprecated Use rookery.session.v1.Hello.$Properties instead.
                 */

                /**
                 * Shape of a Hello.
                 * @typedef {rookery.session.v1.Hello.$Properties} rookery.session.v1.Hello.$Shape
                 */

                /**
                 * Constructs a new Hello.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Hello.
                 * @constructor
                 * @param {rookery.session.v1.Hello.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Hello = function (properties) {
                    this.pools = [];
                    this.labels = {};
                    this.observed = [];
                    this.attempts = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Hello protocolVersion.
                 * @member {number} protocolVersion
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.protocolVersion = 0;

                /**
                 * Hello agentVersion.
                 * @member {string} agentVersion
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.agentVersion = "";

                /**
                 * Hello host.
                 * @member {string} host
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.host = "";

                /**
                 * Hello pools.
                 * @member {Array.<string>} pools
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.pools = $util.emptyArray;

                /**
                 * Hello labels.
                 * @member {Object.<string,string>} labels
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.labels = $util.emptyObject;

                /**
                 * Hello observed.
                 * @member {Array.<rookery.session.v1.ObservedRelease.$Properties>} observed
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.observed = $util.emptyArray;

                /**
                 * Hello attempts.
                 * @member {Array.<rookery.session.v1.PhaseReport.$Properties>} attempts
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.attempts = $util.emptyArray;

                /**
                 * Hello spoolId.
                 * @member {string} spoolId
                 * @memberof rookery.session.v1.Hello
                 * @instance
                 */
                Hello.prototype.spoolId = "";

                /**
                 * Encodes the specified Hello message. Does not implicitly {@link rookery.session.v1.Hello.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Hello
                 * @static
                 * @param {rookery.session.v1.Hello.$Properties} message Hello message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Hello.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.protocolVersion != null && $Object.hasOwnProperty.call(message, "protocolVersion") && message.protocolVersion !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.protocolVersion);
                    if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion") && message.agentVersion !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.agentVersion);
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.host);
                    if (message.pools != null && message.pools.length)
                        for (let i = 0; i < message.pools.length; ++i)
                            writer.uint32(/* id 4, wireType 2 =*/34).string(message.pools[i]);
                    if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                        for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                            writer.uint32(/* id 5, wireType 2 =*/42).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.labels[keys[i]]).ldelim();
                    if (message.observed != null && message.observed.length)
                        for (let i = 0; i < message.observed.length; ++i)
                            $root.rookery.session.v1.ObservedRelease.encode(message.observed[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                    if (message.attempts != null && message.attempts.length)
                        for (let i = 0; i < message.attempts.length; ++i)
                            $root.rookery.session.v1.PhaseReport.encode(message.attempts[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                    if (message.spoolId != null && $Object.hasOwnProperty.call(message, "spoolId") && message.spoolId !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.spoolId);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Hello message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Hello
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Hello & rookery.session.v1.Hello.$Shape} Hello
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Hello.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, key, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Hello();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.protocolVersion = value;
                                else
                                    delete message.protocolVersion;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.agentVersion = value;
                                else
                                    delete message.agentVersion;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.host = value;
                                else
                                    delete message.host;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.pools && message.pools.length))
                                    message.pools = [];
                                message.pools.push(reader.stringVerify());
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (message.labels === $util.emptyObject)
                                    message.labels = {};
                                let end2 = reader.size() + reader.pos;
                                if (end2 > reader.len)
                                    throw $RangeError("index out of range");
                                reader.len = end2;
                                key = "";
                                value = "";
                                while (reader.pos < end2) {
                                    let tag2 = reader.tag();
                                    wireType = tag2 & 7;
                                    switch (tag2 >>>= 3) {
                                    case 1:
                                        if (wireType !== 2)
                                            break;
                                        key = reader.stringVerify();
                                        continue;
                                    case 2:
                                        if (wireType !== 2)
                                            break;
                                        value = reader.stringVerify();
                                        continue;
                                    }
                                    reader.skipType(wireType, _depth, tag2);
                                }
                                if (reader.pos !== end2)
                                    throw $RangeError("index out of range");
                                reader.len = end;
                                if (key === "__proto__")
                                    $util.makeProp(message.labels, key);
                                message.labels[key] = value;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.observed && message.observed.length))
                                    message.observed = [];
                                message.observed.push($root.rookery.session.v1.ObservedRelease.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.attempts && message.attempts.length))
                                    message.attempts = [];
                                message.attempts.push($root.rookery.session.v1.PhaseReport.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.spoolId = value;
                                else
                                    delete message.spoolId;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Hello;
            })();

            v1.Welcome = (function() {

                /**
                 * Properties of a Welcome.
                 * @typedef {Object} rookery.session.v1.Welcome.$Properties
                 * @property {number|null} [protocolVersion] Welcome protocolVersion
                 * @property {number|null} [heartbeatMs] Welcome heartbeatMs
                 * @property {number|null} [spoolAcked] Welcome spoolAcked
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Welcome.
                 * @memberof rookery.session.v1
                 * @interface IWelcome
                 * @augments rookery.session.v1.Welcome.$Properties
                 * @deprecated Use rookery.session.v1.Welcome.$Properties instead.
                 */

                /**
                 * Shape of a Welcome.
                 * @typedef {rookery.session.v1.Welcome.$Properties} rookery.session.v1.Welcome.$Shape
                 */

                /**
                 * Constructs a new Welcome.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Welcome.
                 * @constructor
                 * @param {rookery.session.v1.Welcome.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Welcome = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Welcome protocolVersion.
                 * @member {number} protocolVersion
                 * @memberof rookery.session.v1.Welcome
                 * @instance
                 */
                Welcome.prototype.protocolVersion = 0;

                /**
                 * Welcome heartbeatMs.
                 * @member {number} heartbeatMs
                 * @memberof rookery.session.v1.Welcome
                 * @instance
                 */
                Welcome.prototype.heartbeatMs = 0;

                /**
                 * Welcome spoolAcked.
                 * @member {number} spoolAcked
                 * @memberof rookery.session.v1.Welcome
                 * @instance
                 */
                Welcome.prototype.spoolAcked = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified Welcome message. Does not implicitly {@link rookery.session.v1.Welcome.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Welcome
                 * @static
                 * @param {rookery.session.v1.Welcome.$Properties} message Welcome message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Welcome.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.protocolVersion != null && $Object.hasOwnProperty.call(message, "protocolVersion") && message.protocolVersion !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.protocolVersion);
                    if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs") && message.heartbeatMs !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.heartbeatMs);
                    if (message.spoolAcked != null && $Object.hasOwnProperty.call(message, "spoolAcked") && (typeof message.spoolAcked === "object" ? message.spoolAcked.low || message.spoolAcked.high : message.spoolAcked !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.spoolAcked);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Welcome message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Welcome
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Welcome & rookery.session.v1.Welcome.$Shape} Welcome
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Welcome.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Welcome();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.protocolVersion = value;
                                else
                                    delete message.protocolVersion;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.heartbeatMs = value;
                                else
                                    delete message.heartbeatMs;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.spoolAcked = value;
                                else
                                    delete message.spoolAcked;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Welcome;
            })();

            v1.TrustBundle = (function() {

                /**
                 * Properties of a TrustBundle.
                 * @typedef {Object} rookery.session.v1.TrustBundle.$Properties
                 * @property {number|null} [version] TrustBundle version
                 * @property {Array.<string>|null} [authorities] TrustBundle authorities
                 * @property {Array.<string>|null} [revokedSerials] TrustBundle revokedSerials
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a TrustBundle.
                 * @memberof rookery.session.v1
                 * @interface ITrustBundle
                 * @augments rookery.session.v1.TrustBundle.$Properties
                 * @deprecated Use rookery.session.v1.TrustBundle.$Properties instead.
                 */

                /**
                 * Shape of a TrustBundle.
                 * @typedef {rookery.session.v1.TrustBundle.$Properties} rookery.session.v1.TrustBundle.$Shape
                 */

                /**
                 * Constructs a new TrustBundle.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a TrustBundle.
                 * @constructor
                 * @param {rookery.session.v1.TrustBundle.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const TrustBundle = function (properties) {
                    this.authorities = [];
                    this.revokedSerials = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * TrustBundle version.
                 * @member {number} version
                 * @memberof rookery.session.v1.TrustBundle
                 * @instance
                 */
                TrustBundle.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * TrustBundle authorities.
                 * @member {Array.<string>} authorities
                 * @memberof rookery.session.v1.TrustBundle
                 * @instance
                 */
                TrustBundle.prototype.authorities = $util.emptyArray;

                /**
                 * TrustBundle revokedSerials.
                 * @member {Array.<string>} revokedSerials
                 * @memberof rookery.session.v1.TrustBundle
                 * @instance
                 */
                TrustBundle.prototype.revokedSerials = $util.emptyArray;

                /**
                 * Encodes the specified TrustBundle message. Does not implicitly {@link rookery.session.v1.TrustBundle.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.TrustBundle
                 * @static
                 * @param {rookery.session.v1.TrustBundle.$Properties} message TrustBundle message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                TrustBundle.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.version);
                    if (message.authorities != null && message.authorities.length)
                        for (let i = 0; i < message.authorities.length; ++i)
                            writer.uint32(/* id 2, wireType 2 =*/18).string(message.authorities[i]);
                    if (message.revokedSerials != null && message.revokedSerials.length)
                        for (let i = 0; i < message.revokedSerials.length; ++i)
                            writer.uint32(/* id 3, wireType 2 =*/26).string(message.revokedSerials[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a TrustBundle message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.TrustBundle
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.TrustBundle & rookery.session.v1.TrustBundle.$Shape} TrustBundle
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                TrustBundle.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.TrustBundle();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.authorities && message.authorities.length))
                                    message.authorities = [];
                                message.authorities.push(reader.stringVerify());
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.revokedSerials && message.revokedSerials.length))
                                    message.revokedSerials = [];
                                message.revokedSerials.push(reader.stringVerify());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return TrustBundle;
            })();

            v1.ObservedRelease = (function() {

                /**
                 * Properties of an ObservedRelease.
                 * @typedef {Object} rookery.session.v1.ObservedRelease.$Properties
                 * @property {string|null} [app] ObservedRelease app
                 * @property {string|null} [liveReleaseId] ObservedRelease liveReleaseId
                 * @property {boolean|null} [ready] ObservedRelease ready
                 * @property {Array.<string>|null} [heldReleaseIds] ObservedRelease heldReleaseIds
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of an ObservedRelease.
                 * @memberof rookery.session.v1
                 * @interface IObservedRelease
                 * @augments rookery.session.v1.ObservedRelease.$Properties
                 * @deprecated Use rookery.session.v1.ObservedRelease.$Properties instead.
                 */

                /**
                 * Shape of an ObservedRelease.
                 * @typedef {rookery.session.v1.ObservedRelease.$Properties} rookery.session.v1.ObservedRelease.$Shape
                 */

                /**
                 * Constructs a new ObservedRelease.
                 * @memberof rookery.session.v1
                 * @classdesc Represents an ObservedRelease.
                 * @constructor
                 * @param {rookery.session.v1.ObservedRelease.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const ObservedRelease = function (properties) {
                    this.heldReleaseIds = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * ObservedRelease app.
                 * @member {string} app
                 * @memberof rookery.session.v1.ObservedRelease
                 * @instance
                 */
                ObservedRelease.prototype.app = "";

                /**
                 * ObservedRelease liveReleaseId.
                 * @member {string} liveReleaseId
                 * @memberof rookery.session.v1.ObservedRelease
                 * @instance
                 */
                ObservedRelease.prototype.liveReleaseId = "";

                /**
                 * ObservedRelease ready.
                 * @member {boolean} ready
                 * @memberof rookery.session.v1.ObservedRelease
                 * @instance
                 */
                ObservedRelease.prototype.ready = false;

                /**
                 * ObservedRelease heldReleaseIds.
                 * @member {Array.<string>} heldReleaseIds
                 * @memberof rookery.session.v1.ObservedRelease
                 * @instance
                 */
                ObservedRelease.prototype.heldReleaseIds = $util.emptyArray;

                /**
                 * Encodes the specified ObservedRelease message. Does not implicitly {@link rookery.session.v1.ObservedRelease.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.ObservedRelease
                 * @static
                 * @param {rookery.session.v1.ObservedRelease.$Properties} message ObservedRelease message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                ObservedRelease.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.app);
                    if (message.liveReleaseId != null && $Object.hasOwnProperty.call(message, "liveReleaseId") && message.liveReleaseId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.liveReleaseId);
                    if (message.ready != null && $Object.hasOwnProperty.call(message, "ready") && message.ready !== false)
                        writer.uint32(/* id 3, wireType 0 =*/24).bool(message.ready);
                    if (message.heldReleaseIds != null && message.heldReleaseIds.length)
                        for (let i = 0; i < message.heldReleaseIds.length; ++i)
                            writer.uint32(/* id 4, wireType 2 =*/34).string(message.heldReleaseIds[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes an ObservedRelease message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.ObservedRelease
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.ObservedRelease & rookery.session.v1.ObservedRelease.$Shape} ObservedRelease
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                ObservedRelease.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.ObservedRelease();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.liveReleaseId = value;
                                else
                                    delete message.liveReleaseId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.ready = value;
                                else
                                    delete message.ready;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.heldReleaseIds && message.heldReleaseIds.length))
                                    message.heldReleaseIds = [];
                                message.heldReleaseIds.push(reader.stringVerify());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return ObservedRelease;
            })();

            v1.Heartbeat = (function() {

                /**
                 * Properties of a Heartbeat.
                 * @typedef {Object} rookery.session.v1.Heartbeat.$Properties
                 * @property {number|null} [sentAtMs] Heartbeat sentAtMs
                 * @property {Array.<rookery.session.v1.ObservedRelease.$Properties>|null} [observed] Heartbeat observed
                 * @property {number|null} [diskFreeBytes] Heartbeat diskFreeBytes
                 * @property {number|null} [diskTotalBytes] Heartbeat diskTotalBytes
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Heartbeat.
                 * @memberof rookery.session.v1
                 * @interface IHeartbeat
                 * @augments rookery.session.v1.Heartbeat.$Properties
                 * @deprecated Use rookery.session.v1.Heartbeat.$Properties instead.
                 */

                /**
                 * Shape of a Heartbeat.
                 * @typedef {rookery.session.v1.Heartbeat.$Properties} rookery.session.v1.Heartbeat.$Shape
                 */

                /**
                 * Constructs a new Heartbeat.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Heartbeat.
                 * @constructor
                 * @param {rookery.session.v1.Heartbeat.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Heartbeat = function (properties) {
                    this.observed = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Heartbeat sentAtMs.
                 * @member {number} sentAtMs
                 * @memberof rookery.session.v1.Heartbeat
                 * @instance
                 */
                Heartbeat.prototype.sentAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Heartbeat observed.
                 * @member {Array.<rookery.session.v1.ObservedRelease.$Properties>} observed
                 * @memberof rookery.session.v1.Heartbeat
                 * @instance
                 */
                Heartbeat.prototype.observed = $util.emptyArray;

                /**
                 * Heartbeat diskFreeBytes.
                 * @member {number} diskFreeBytes
                 * @memberof rookery.session.v1.Heartbeat
                 * @instance
                 */
                Heartbeat.prototype.diskFreeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Heartbeat diskTotalBytes.
                 * @member {number} diskTotalBytes
                 * @memberof rookery.session.v1.Heartbeat
                 * @instance
                 */
                Heartbeat.prototype.diskTotalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified Heartbeat message. Does not implicitly {@link rookery.session.v1.Heartbeat.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Heartbeat
                 * @static
                 * @param {rookery.session.v1.Heartbeat.$Properties} message Heartbeat message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Heartbeat.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sentAtMs != null && $Object.hasOwnProperty.call(message, "sentAtMs") && (typeof message.sentAtMs === "object" ? message.sentAtMs.low || message.sentAtMs.high : message.sentAtMs !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.sentAtMs);
                    if (message.observed != null && message.observed.length)
                        for (let i = 0; i < message.observed.length; ++i)
                            $root.rookery.session.v1.ObservedRelease.encode(message.observed[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                    if (message.diskFreeBytes != null && $Object.hasOwnProperty.call(message, "diskFreeBytes") && (typeof message.diskFreeBytes === "object" ? message.diskFreeBytes.low || message.diskFreeBytes.high : message.diskFreeBytes !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.diskFreeBytes);
                    if (message.diskTotalBytes != null && $Object.hasOwnProperty.call(message, "diskTotalBytes") && (typeof message.diskTotalBytes === "object" ? message.diskTotalBytes.low || message.diskTotalBytes.high : message.diskTotalBytes !== 0))
                        writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.diskTotalBytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Heartbeat message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Heartbeat
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Heartbeat & rookery.session.v1.Heartbeat.$Shape} Heartbeat
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Heartbeat.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Heartbeat();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.sentAtMs = value;
                                else
                                    delete message.sentAtMs;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.observed && message.observed.length))
                                    message.observed = [];
                                message.observed.push($root.rookery.session.v1.ObservedRelease.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.diskFreeBytes = value;
                                else
                                    delete message.diskFreeBytes;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.diskTotalBytes = value;
                                else
                                    delete message.diskTotalBytes;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Heartbeat;
            })();

            v1.DesiredRelease = (function() {

                /**
                 * Properties of a DesiredRelease.
                 * @typedef {Object} rookery.session.v1.DesiredRelease.$Properties
                 * @property {string|null} [attemptId] DesiredRelease attemptId
                 * @property {string|null} [rolloutId] DesiredRelease rolloutId
                 * @property {string|null} [app] DesiredRelease app
                 * @property {string|null} [releaseId] DesiredRelease releaseId
                 * @property {Uint8Array|null} [manifest] DesiredRelease manifest
                 * @property {Uint8Array|null} [signature] DesiredRelease signature
                 * @property {Uint8Array|null} [torrent] DesiredRelease torrent
                 * @property {boolean|null} [repair] DesiredRelease repair
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a DesiredRelease.
                 * @memberof rookery.session.v1
                 * @interface IDesiredRelease
                 * @augments rookery.session.v1.DesiredRelease.$Properties
                 * @deprecated Use rookery.session.v1.DesiredRelease.$Properties instead.
                 */

                /**
                 * Shape of a DesiredRelease.
                 * @typedef {rookery.session.v1.DesiredRelease.$Properties} rookery.session.v1.DesiredRelease.$Shape
                 */

                /**
                 * Constructs a new DesiredRelease.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a DesiredRelease.
                 * @constructor
                 * @param {rookery.session.v1.DesiredRelease.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const DesiredRelease = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * DesiredRelease attemptId.
                 * @member {string} attemptId
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.attemptId = "";

                /**
                 * DesiredRelease rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.rolloutId = "";

                /**
                 * DesiredRelease app.
                 * @member {string} app
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.app = "";

                /**
                 * DesiredRelease releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.releaseId = "";

                /**
                 * DesiredRelease manifest.
                 * @member {Uint8Array} manifest
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.manifest = $util.newBuffer([]);

                /**
                 * DesiredRelease signature.
                 * @member {Uint8Array} signature
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.signature = $util.newBuffer([]);

                /**
                 * DesiredRelease torrent.
                 * @member {Uint8Array} torrent
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.torrent = $util.newBuffer([]);

                /**
                 * DesiredRelease repair.
                 * @member {boolean} repair
                 * @memberof rookery.session.v1.DesiredRelease
                 * @instance
                 */
                DesiredRelease.prototype.repair = false;

                /**
                 * Encodes the specified DesiredRelease message. Does not implicitly {@link rookery.session.v1.DesiredRelease.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.DesiredRelease
                 * @static
                 * @param {rookery.session.v1.DesiredRelease.$Properties} message DesiredRelease message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                DesiredRelease.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.attemptId != null && $Object.hasOwnProperty.call(message, "attemptId") && message.attemptId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.attemptId);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.releaseId);
                    if (message.manifest != null && $Object.hasOwnProperty.call(message, "manifest") && message.manifest.length)
                        writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.manifest);
                    if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                        writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.signature);
                    if (message.torrent != null && $Object.hasOwnProperty.call(message, "torrent") && message.torrent.length)
                        writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.torrent);
                    if (message.repair != null && $Object.hasOwnProperty.call(message, "repair") && message.repair !== false)
                        writer.uint32(/* id 8, wireType 0 =*/64).bool(message.repair);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a DesiredRelease message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.DesiredRelease
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.DesiredRelease & rookery.session.v1.DesiredRelease.$Shape} DesiredRelease
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                DesiredRelease.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.DesiredRelease();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.attemptId = value;
                                else
                                    delete message.attemptId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.manifest = value;
                                else
                                    delete message.manifest;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.signature = value;
                                else
                                    delete message.signature;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.torrent = value;
                                else
                                    delete message.torrent;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.repair = value;
                                else
                                    delete message.repair;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return DesiredRelease;
            })();

            /**
             * CommandKind enum.
             * @name rookery.session.v1.CommandKind
             * @enum {number}
             * @property {number} COMMAND_KIND_UNSPECIFIED=0 COMMAND_KIND_UNSPECIFIED value
             * @property {number} COMMAND_KIND_ACTIVATE=1 COMMAND_KIND_ACTIVATE value
             * @property {number} COMMAND_KIND_CANCEL=2 COMMAND_KIND_CANCEL value
             * @property {number} COMMAND_KIND_VERIFY=3 COMMAND_KIND_VERIFY value
             */
            v1.CommandKind = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "COMMAND_KIND_UNSPECIFIED"] = 0;
                values[valuesById[1] = "COMMAND_KIND_ACTIVATE"] = 1;
                values[valuesById[2] = "COMMAND_KIND_CANCEL"] = 2;
                values[valuesById[3] = "COMMAND_KIND_VERIFY"] = 3;
                return values;
            })();

            v1.Command = (function() {

                /**
                 * Properties of a Command.
                 * @typedef {Object} rookery.session.v1.Command.$Properties
                 * @property {string|null} [attemptId] Command attemptId
                 * @property {string|null} [rolloutId] Command rolloutId
                 * @property {rookery.session.v1.CommandKind|null} [kind] Command kind
                 * @property {string|null} [app] Command app
                 * @property {string|null} [releaseId] Command releaseId
                 * @property {string|null} [cancelsAttemptId] Command cancelsAttemptId
                 * @property {number|null} [batch] Command batch
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Command.
                 * @memberof rookery.session.v1
                 * @interface ICommand
                 * @augments rookery.session.v1.Command.$Properties
                 * @deprecated Use rookery.session.v1.Command.$Properties instead.
                 */

                /**
                 * Shape of a Command.
                 * @typedef {rookery.session.v1.Command.$Properties} rookery.session.v1.Command.$Shape
                 */

                /**
                 * Constructs a new Command.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Command.
                 * @constructor
                 * @param {rookery.session.v1.Command.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Command = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Command attemptId.
                 * @member {string} attemptId
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.attemptId = "";

                /**
                 * Command rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.rolloutId = "";

                /**
                 * Command kind.
                 * @member {rookery.session.v1.CommandKind} kind
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.kind = 0;

                /**
                 * Command app.
                 * @member {string} app
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.app = "";

                /**
                 * Command releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.releaseId = "";

                /**
                 * Command cancelsAttemptId.
                 * @member {string} cancelsAttemptId
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.cancelsAttemptId = "";

                /**
                 * Command batch.
                 * @member {number} batch
                 * @memberof rookery.session.v1.Command
                 * @instance
                 */
                Command.prototype.batch = 0;

                /**
                 * Encodes the specified Command message. Does not implicitly {@link rookery.session.v1.Command.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Command
                 * @static
                 * @param {rookery.session.v1.Command.$Properties} message Command message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Command.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.attemptId != null && $Object.hasOwnProperty.call(message, "attemptId") && message.attemptId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.attemptId);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).int32(message.kind);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.releaseId);
                    if (message.cancelsAttemptId != null && $Object.hasOwnProperty.call(message, "cancelsAttemptId") && message.cancelsAttemptId !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.cancelsAttemptId);
                    if (message.batch != null && $Object.hasOwnProperty.call(message, "batch") && message.batch !== 0)
                        writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.batch);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Command message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Command
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Command & rookery.session.v1.Command.$Shape} Command
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Command.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Command();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.attemptId = value;
                                else
                                    delete message.attemptId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.kind = value;
                                else
                                    delete message.kind;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.cancelsAttemptId = value;
                                else
                                    delete message.cancelsAttemptId;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.batch = value;
                                else
                                    delete message.batch;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Command;
            })();

            /**
             * Phase enum.
             * @name rookery.session.v1.Phase
             * @enum {number}
             * @property {number} PHASE_UNSPECIFIED=0 PHASE_UNSPECIFIED value
             * @property {number} PHASE_FETCH=1 PHASE_FETCH value
             * @property {number} PHASE_UNPACK=2 PHASE_UNPACK value
             * @property {number} PHASE_PREPARE=3 PHASE_PREPARE value
             * @property {number} PHASE_PRE_ACTIVATE=4 PHASE_PRE_ACTIVATE value
             * @property {number} PHASE_ACTIVATE=5 PHASE_ACTIVATE value
             * @property {number} PHASE_RESTART=6 PHASE_RESTART value
             * @property {number} PHASE_READINESS=7 PHASE_READINESS value
             * @property {number} PHASE_POST_ACTIVATE=8 PHASE_POST_ACTIVATE value
             * @property {number} PHASE_DRAIN=9 PHASE_DRAIN value
             * @property {number} PHASE_UNDRAIN=10 PHASE_UNDRAIN value
             */
            v1.Phase = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "PHASE_UNSPECIFIED"] = 0;
                values[valuesById[1] = "PHASE_FETCH"] = 1;
                values[valuesById[2] = "PHASE_UNPACK"] = 2;
                values[valuesById[3] = "PHASE_PREPARE"] = 3;
                values[valuesById[4] = "PHASE_PRE_ACTIVATE"] = 4;
                values[valuesById[5] = "PHASE_ACTIVATE"] = 5;
                values[valuesById[6] = "PHASE_RESTART"] = 6;
                values[valuesById[7] = "PHASE_READINESS"] = 7;
                values[valuesById[8] = "PHASE_POST_ACTIVATE"] = 8;
                values[valuesById[9] = "PHASE_DRAIN"] = 9;
                values[valuesById[10] = "PHASE_UNDRAIN"] = 10;
                return values;
            })();

            /**
             * PhaseState enum.
             * @name rookery.session.v1.PhaseState
             * @enum {number}
             * @property {number} PHASE_STATE_UNSPECIFIED=0 PHASE_STATE_UNSPECIFIED value
             * @property {number} PHASE_STATE_STARTED=1 PHASE_STATE_STARTED value
             * @property {number} PHASE_STATE_SUCCEEDED=2 PHASE_STATE_SUCCEEDED value
             * @property {number} PHASE_STATE_FAILED=3 PHASE_STATE_FAILED value
             */
            v1.PhaseState = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "PHASE_STATE_UNSPECIFIED"] = 0;
                values[valuesById[1] = "PHASE_STATE_STARTED"] = 1;
                values[valuesById[2] = "PHASE_STATE_SUCCEEDED"] = 2;
                values[valuesById[3] = "PHASE_STATE_FAILED"] = 3;
                return values;
            })();

            v1.PhaseReport = (function() {

                /**
                 * Properties of a PhaseReport.
                 * @typedef {Object} rookery.session.v1.PhaseReport.$Properties
                 * @property {string|null} [attemptId] PhaseReport attemptId
                 * @property {string|null} [rolloutId] PhaseReport rolloutId
                 * @property {string|null} [app] PhaseReport app
                 * @property {string|null} [releaseId] PhaseReport releaseId
                 * @property {rookery.session.v1.Phase|null} [phase] PhaseReport phase
                 * @property {rookery.session.v1.PhaseState|null} [state] PhaseReport state
                 * @property {boolean|null} [final] PhaseReport final
                 * @property {string|null} [errorCode] PhaseReport errorCode
                 * @property {string|null} [errorMessage] PhaseReport errorMessage
                 * @property {number|null} [durationMs] PhaseReport durationMs
                 * @property {number|null} [atMs] PhaseReport atMs
                 * @property {rookery.session.v1.FetchTotals.$Properties|null} [fetchTotals] PhaseReport fetchTotals
                 * @property {rookery.session.v1.FetchTiming.$Properties|null} [fetchTiming] PhaseReport fetchTiming
                 * @property {number|null} [exitCode] PhaseReport exitCode
                 * @property {boolean|null} [hasExitCode] PhaseReport hasExitCode
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a PhaseReport.
                 * @memberof rookery.session.v1
                 * @interface IPhaseReport
                 * @augments rookery.session.v1.PhaseReport.$Properties
                 * @deprecated Use rookery.session.v1.PhaseReport.$Properties instead.
                 */

                /**
                 * Shape of a PhaseReport.
                 * @typedef {rookery.session.v1.PhaseReport.$Properties} rookery.session.v1.PhaseReport.$Shape
                 */

                /**
                 * Constructs a new PhaseReport.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a PhaseReport.
                 * @constructor
                 * @param {rookery.session.v1.PhaseReport.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const PhaseReport = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * PhaseReport attemptId.
                 * @member {string} attemptId
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.attemptId = "";

                /**
                 * PhaseReport rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.rolloutId = "";

                /**
                 * PhaseReport app.
                 * @member {string} app
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.app = "";

                /**
                 * PhaseReport releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.releaseId = "";

                /**
                 * PhaseReport phase.
                 * @member {rookery.session.v1.Phase} phase
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.phase = 0;

                /**
                 * PhaseReport state.
                 * @member {rookery.session.v1.PhaseState} state
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.state = 0;

                /**
                 * PhaseReport final.
                 * @member {boolean} final
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.final = false;

                /**
                 * PhaseReport errorCode.
                 * @member {string} errorCode
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.errorCode = "";

                /**
                 * PhaseReport errorMessage.
                 * @member {string} errorMessage
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.errorMessage = "";

                /**
                 * PhaseReport durationMs.
                 * @member {number} durationMs
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.durationMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * PhaseReport atMs.
                 * @member {number} atMs
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.atMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * PhaseReport fetchTotals.
                 * @member {rookery.session.v1.FetchTotals.$Properties|null|undefined} fetchTotals
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.fetchTotals = null;

                /**
                 * PhaseReport fetchTiming.
                 * @member {rookery.session.v1.FetchTiming.$Properties|null|undefined} fetchTiming
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.fetchTiming = null;

                /**
                 * PhaseReport exitCode.
                 * @member {number} exitCode
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.exitCode = 0;

                /**
                 * PhaseReport hasExitCode.
                 * @member {boolean} hasExitCode
                 * @memberof rookery.session.v1.PhaseReport
                 * @instance
                 */
                PhaseReport.prototype.hasExitCode = false;

                /**
                 * Encodes the specified PhaseReport message. Does not implicitly {@link rookery.session.v1.PhaseReport.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.PhaseReport
                 * @static
                 * @param {rookery.session.v1.PhaseReport.$Properties} message PhaseReport message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                PhaseReport.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.attemptId != null && $Object.hasOwnProperty.call(message, "attemptId") && message.attemptId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.attemptId);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.releaseId);
                    if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).int32(message.phase);
                    if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                        writer.uint32(/* id 6, wireType 0 =*/48).int32(message.state);
                    if (message.final != null && $Object.hasOwnProperty.call(message, "final") && message.final !== false)
                        writer.uint32(/* id 7, wireType 0 =*/56).bool(message.final);
                    if (message.errorCode != null && $Object.hasOwnProperty.call(message, "errorCode") && message.errorCode !== "")
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.errorCode);
                    if (message.errorMessage != null && $Object.hasOwnProperty.call(message, "errorMessage") && message.errorMessage !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.errorMessage);
                    if (message.durationMs != null && $Object.hasOwnProperty.call(message, "durationMs") && (typeof message.durationMs === "object" ? message.durationMs.low || message.durationMs.high : message.durationMs !== 0))
                        writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.durationMs);
                    if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs") && (typeof message.atMs === "object" ? message.atMs.low || message.atMs.high : message.atMs !== 0))
                        writer.uint32(/* id 11, wireType 0 =*/88).uint64(message.atMs);
                    if (message.fetchTotals != null && $Object.hasOwnProperty.call(message, "fetchTotals"))
                        $root.rookery.session.v1.FetchTotals.encode(message.fetchTotals, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                    if (message.fetchTiming != null && $Object.hasOwnProperty.call(message, "fetchTiming"))
                        $root.rookery.session.v1.FetchTiming.encode(message.fetchTiming, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                    if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode") && message.exitCode !== 0)
                        writer.uint32(/* id 14, wireType 0 =*/112).int32(message.exitCode);
                    if (message.hasExitCode != null && $Object.hasOwnProperty.call(message, "hasExitCode") && message.hasExitCode !== false)
                        writer.uint32(/* id 15, wireType 0 =*/120).bool(message.hasExitCode);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a PhaseReport message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.PhaseReport
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.PhaseReport & rookery.session.v1.PhaseReport.$Shape} PhaseReport
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                PhaseReport.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.PhaseReport();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.attemptId = value;
                                else
                                    delete message.attemptId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.phase = value;
                                else
                                    delete message.phase;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.state = value;
                                else
                                    delete message.state;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.final = value;
                                else
                                    delete message.final;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.errorCode = value;
                                else
                                    delete message.errorCode;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.errorMessage = value;
                                else
                                    delete message.errorMessage;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.durationMs = value;
                                else
                                    delete message.durationMs;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.atMs = value;
                                else
                                    delete message.atMs;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                message.fetchTotals = $root.rookery.session.v1.FetchTotals.decode(reader, reader.size(), $undefined, _depth + 1, message.fetchTotals);
                                continue;
                            }
                        case 13: {
                                if (wireType !== 2)
                                    break;
                                message.fetchTiming = $root.rookery.session.v1.FetchTiming.decode(reader, reader.size(), $undefined, _depth + 1, message.fetchTiming);
                                continue;
                            }
                        case 14: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.exitCode = value;
                                else
                                    delete message.exitCode;
                                continue;
                            }
                        case 15: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.hasExitCode = value;
                                else
                                    delete message.hasExitCode;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return PhaseReport;
            })();

            v1.FetchTotals = (function() {

                /**
                 * Properties of a FetchTotals.
                 * @typedef {Object} rookery.session.v1.FetchTotals.$Properties
                 * @property {number|null} [bytesFromPeers] FetchTotals bytesFromPeers
                 * @property {number|null} [bytesFromSeeder] FetchTotals bytesFromSeeder
                 * @property {number|null} [bytesFromWebSeed] FetchTotals bytesFromWebSeed
                 * @property {number|null} [bytesReused] FetchTotals bytesReused
                 * @property {number|null} [bytesWasted] FetchTotals bytesWasted
                 * @property {number|null} [bytesUploaded] FetchTotals bytesUploaded
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a FetchTotals.
                 * @memberof rookery.session.v1
                 * @interface IFetchTotals
                 * @augments rookery.session.v1.FetchTotals.$Properties
                 * @deprecated Use rookery.session.v1.FetchTotals.$Properties instead.
                 */

                /**
                 * Shape of a FetchTotals.
                 * @typedef {rookery.session.v1.FetchTotals.$Properties} rookery.session.v1.FetchTotals.$Shape
                 */

                /**
                 * Constructs a new FetchTotals.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a FetchTotals.
                 * @constructor
                 * @param {rookery.session.v1.FetchTotals.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const FetchTotals = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * FetchTotals bytesFromPeers.
                 * @member {number} bytesFromPeers
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesFromPeers = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTotals bytesFromSeeder.
                 * @member {number} bytesFromSeeder
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesFromSeeder = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTotals bytesFromWebSeed.
                 * @member {number} bytesFromWebSeed
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesFromWebSeed = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTotals bytesReused.
                 * @member {number} bytesReused
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesReused = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTotals bytesWasted.
                 * @member {number} bytesWasted
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesWasted = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTotals bytesUploaded.
                 * @member {number} bytesUploaded
                 * @memberof rookery.session.v1.FetchTotals
                 * @instance
                 */
                FetchTotals.prototype.bytesUploaded = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified FetchTotals message. Does not implicitly {@link rookery.session.v1.FetchTotals.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.FetchTotals
                 * @static
                 * @param {rookery.session.v1.FetchTotals.$Properties} message FetchTotals message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                FetchTotals.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.bytesFromPeers != null && $Object.hasOwnProperty.call(message, "bytesFromPeers") && (typeof message.bytesFromPeers === "object" ? message.bytesFromPeers.low || message.bytesFromPeers.high : message.bytesFromPeers !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.bytesFromPeers);
                    if (message.bytesFromSeeder != null && $Object.hasOwnProperty.call(message, "bytesFromSeeder") && (typeof message.bytesFromSeeder === "object" ? message.bytesFromSeeder.low || message.bytesFromSeeder.high : message.bytesFromSeeder !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.bytesFromSeeder);
                    if (message.bytesFromWebSeed != null && $Object.hasOwnProperty.call(message, "bytesFromWebSeed") && (typeof message.bytesFromWebSeed === "object" ? message.bytesFromWebSeed.low || message.bytesFromWebSeed.high : message.bytesFromWebSeed !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.bytesFromWebSeed);
                    if (message.bytesReused != null && $Object.hasOwnProperty.call(message, "bytesReused") && (typeof message.bytesReused === "object" ? message.bytesReused.low || message.bytesReused.high : message.bytesReused !== 0))
                        writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.bytesReused);
                    if (message.bytesWasted != null && $Object.hasOwnProperty.call(message, "bytesWasted") && (typeof message.bytesWasted === "object" ? message.bytesWasted.low || message.bytesWasted.high : message.bytesWasted !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.bytesWasted);
                    if (message.bytesUploaded != null && $Object.hasOwnProperty.call(message, "bytesUploaded") && (typeof message.bytesUploaded === "object" ? message.bytesUploaded.low || message.bytesUploaded.high : message.bytesUploaded !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.bytesUploaded);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a FetchTotals message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.FetchTotals
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchTotals & rookery.session.v1.FetchTotals.$Shape} FetchTotals
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                FetchTotals.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.FetchTotals();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesFromPeers = value;
                                else
                                    delete message.bytesFromPeers;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesFromSeeder = value;
                                else
                                    delete message.bytesFromSeeder;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesFromWebSeed = value;
                                else
                                    delete message.bytesFromWebSeed;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesReused = value;
                                else
                                    delete message.bytesReused;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesWasted = value;
                                else
                                    delete message.bytesWasted;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesUploaded = value;
                                else
                                    delete message.bytesUploaded;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return FetchTotals;
            })();

            v1.FetchTiming = (function() {

                /**
                 * Properties of a FetchTiming.
                 * @typedef {Object} rookery.session.v1.FetchTiming.$Properties
                 * @property {number|null} [startedAtMs] FetchTiming startedAtMs
                 * @property {number|null} [firstByteAtMs] FetchTiming firstByteAtMs
                 * @property {number|null} [finishedAtMs] FetchTiming finishedAtMs
                 * @property {number|null} [bytesTotal] FetchTiming bytesTotal
                 * @property {number|null} [piecesTotal] FetchTiming piecesTotal
                 * @property {number|null} [mostPeers] FetchTiming mostPeers
                 * @property {number|null} [diskWaitMs] FetchTiming diskWaitMs
                 * @property {number|null} [longestStallMs] FetchTiming longestStallMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a FetchTiming.
                 * @memberof rookery.session.v1
                 * @interface IFetchTiming
                 * @augments rookery.session.v1.FetchTiming.$Properties
                 * @deprecated Use rookery.session.v1.FetchTiming.$Properties instead.
                 */

                /**
                 * Shape of a FetchTiming.
                 * @typedef {rookery.session.v1.FetchTiming.$Properties} rookery.session.v1.FetchTiming.$Shape
                 */

                /**
                 * Constructs a new FetchTiming.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a FetchTiming.
                 * @constructor
                 * @param {rookery.session.v1.FetchTiming.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const FetchTiming = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * FetchTiming startedAtMs.
                 * @member {number} startedAtMs
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.startedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTiming firstByteAtMs.
                 * @member {number} firstByteAtMs
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.firstByteAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTiming finishedAtMs.
                 * @member {number} finishedAtMs
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.finishedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTiming bytesTotal.
                 * @member {number} bytesTotal
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.bytesTotal = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTiming piecesTotal.
                 * @member {number} piecesTotal
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.piecesTotal = 0;

                /**
                 * FetchTiming mostPeers.
                 * @member {number} mostPeers
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.mostPeers = 0;

                /**
                 * FetchTiming diskWaitMs.
                 * @member {number} diskWaitMs
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.diskWaitMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchTiming longestStallMs.
                 * @member {number} longestStallMs
                 * @memberof rookery.session.v1.FetchTiming
                 * @instance
                 */
                FetchTiming.prototype.longestStallMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified FetchTiming message. Does not implicitly {@link rookery.session.v1.FetchTiming.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.FetchTiming
                 * @static
                 * @param {rookery.session.v1.FetchTiming.$Properties} message FetchTiming message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                FetchTiming.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.startedAtMs != null && $Object.hasOwnProperty.call(message, "startedAtMs") && (typeof message.startedAtMs === "object" ? message.startedAtMs.low || message.startedAtMs.high : message.startedAtMs !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.startedAtMs);
                    if (message.firstByteAtMs != null && $Object.hasOwnProperty.call(message, "firstByteAtMs") && (typeof message.firstByteAtMs === "object" ? message.firstByteAtMs.low || message.firstByteAtMs.high : message.firstByteAtMs !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.firstByteAtMs);
                    if (message.finishedAtMs != null && $Object.hasOwnProperty.call(message, "finishedAtMs") && (typeof message.finishedAtMs === "object" ? message.finishedAtMs.low || message.finishedAtMs.high : message.finishedAtMs !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.finishedAtMs);
                    if (message.bytesTotal != null && $Object.hasOwnProperty.call(message, "bytesTotal") && (typeof message.bytesTotal === "object" ? message.bytesTotal.low || message.bytesTotal.high : message.bytesTotal !== 0))
                        writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.bytesTotal);
                    if (message.piecesTotal != null && $Object.hasOwnProperty.call(message, "piecesTotal") && message.piecesTotal !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.piecesTotal);
                    if (message.mostPeers != null && $Object.hasOwnProperty.call(message, "mostPeers") && message.mostPeers !== 0)
                        writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.mostPeers);
                    if (message.diskWaitMs != null && $Object.hasOwnProperty.call(message, "diskWaitMs") && (typeof message.diskWaitMs === "object" ? message.diskWaitMs.low || message.diskWaitMs.high : message.diskWaitMs !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.diskWaitMs);
                    if (message.longestStallMs != null && $Object.hasOwnProperty.call(message, "longestStallMs") && (typeof message.longestStallMs === "object" ? message.longestStallMs.low || message.longestStallMs.high : message.longestStallMs !== 0))
                        writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.longestStallMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a FetchTiming message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.FetchTiming
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchTiming & rookery.session.v1.FetchTiming.$Shape} FetchTiming
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                FetchTiming.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.FetchTiming();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.startedAtMs = value;
                                else
                                    delete message.startedAtMs;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.firstByteAtMs = value;
                                else
                                    delete message.firstByteAtMs;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.finishedAtMs = value;
                                else
                                    delete message.finishedAtMs;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesTotal = value;
                                else
                                    delete message.bytesTotal;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.piecesTotal = value;
                                else
                                    delete message.piecesTotal;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.mostPeers = value;
                                else
                                    delete message.mostPeers;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.diskWaitMs = value;
                                else
                                    delete message.diskWaitMs;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.longestStallMs = value;
                                else
                                    delete message.longestStallMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return FetchTiming;
            })();

            v1.FetchProgress = (function() {

                /**
                 * Properties of a FetchProgress.
                 * @typedef {Object} rookery.session.v1.FetchProgress.$Properties
                 * @property {string|null} [attemptId] FetchProgress attemptId
                 * @property {string|null} [rolloutId] FetchProgress rolloutId
                 * @property {string|null} [releaseId] FetchProgress releaseId
                 * @property {number|null} [piecesDone] FetchProgress piecesDone
                 * @property {number|null} [piecesTotal] FetchProgress piecesTotal
                 * @property {number|null} [bytesDone] FetchProgress bytesDone
                 * @property {number|null} [bytesTotal] FetchProgress bytesTotal
                 * @property {number|null} [peers] FetchProgress peers
                 * @property {rookery.session.v1.FetchTotals.$Properties|null} [totals] FetchProgress totals
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a FetchProgress.
                 * @memberof rookery.session.v1
                 * @interface IFetchProgress
                 * @augments rookery.session.v1.FetchProgress.$Properties
                 * @deprecated Use rookery.session.v1.FetchProgress.$Properties instead.
                 */

                /**
                 * Shape of a FetchProgress.
                 * @typedef {rookery.session.v1.FetchProgress.$Properties} rookery.session.v1.FetchProgress.$Shape
                 */

                /**
                 * Constructs a new FetchProgress.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a FetchProgress.
                 * @constructor
                 * @param {rookery.session.v1.FetchProgress.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const FetchProgress = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * FetchProgress attemptId.
                 * @member {string} attemptId
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.attemptId = "";

                /**
                 * FetchProgress rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.rolloutId = "";

                /**
                 * FetchProgress releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.releaseId = "";

                /**
                 * FetchProgress piecesDone.
                 * @member {number} piecesDone
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.piecesDone = 0;

                /**
                 * FetchProgress piecesTotal.
                 * @member {number} piecesTotal
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.piecesTotal = 0;

                /**
                 * FetchProgress bytesDone.
                 * @member {number} bytesDone
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.bytesDone = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchProgress bytesTotal.
                 * @member {number} bytesTotal
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.bytesTotal = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * FetchProgress peers.
                 * @member {number} peers
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.peers = 0;

                /**
                 * FetchProgress totals.
                 * @member {rookery.session.v1.FetchTotals.$Properties|null|undefined} totals
                 * @memberof rookery.session.v1.FetchProgress
                 * @instance
                 */
                FetchProgress.prototype.totals = null;

                /**
                 * Encodes the specified FetchProgress message. Does not implicitly {@link rookery.session.v1.FetchProgress.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.FetchProgress
                 * @static
                 * @param {rookery.session.v1.FetchProgress.$Properties} message FetchProgress message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                FetchProgress.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.attemptId != null && $Object.hasOwnProperty.call(message, "attemptId") && message.attemptId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.attemptId);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.releaseId);
                    if (message.piecesDone != null && $Object.hasOwnProperty.call(message, "piecesDone") && message.piecesDone !== 0)
                        writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.piecesDone);
                    if (message.piecesTotal != null && $Object.hasOwnProperty.call(message, "piecesTotal") && message.piecesTotal !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.piecesTotal);
                    if (message.bytesDone != null && $Object.hasOwnProperty.call(message, "bytesDone") && (typeof message.bytesDone === "object" ? message.bytesDone.low || message.bytesDone.high : message.bytesDone !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.bytesDone);
                    if (message.bytesTotal != null && $Object.hasOwnProperty.call(message, "bytesTotal") && (typeof message.bytesTotal === "object" ? message.bytesTotal.low || message.bytesTotal.high : message.bytesTotal !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.bytesTotal);
                    if (message.peers != null && $Object.hasOwnProperty.call(message, "peers") && message.peers !== 0)
                        writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.peers);
                    if (message.totals != null && $Object.hasOwnProperty.call(message, "totals"))
                        $root.rookery.session.v1.FetchTotals.encode(message.totals, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a FetchProgress message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.FetchProgress
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.FetchProgress & rookery.session.v1.FetchProgress.$Shape} FetchProgress
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                FetchProgress.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.FetchProgress();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.attemptId = value;
                                else
                                    delete message.attemptId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.piecesDone = value;
                                else
                                    delete message.piecesDone;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.piecesTotal = value;
                                else
                                    delete message.piecesTotal;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesDone = value;
                                else
                                    delete message.bytesDone;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesTotal = value;
                                else
                                    delete message.bytesTotal;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.peers = value;
                                else
                                    delete message.peers;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                message.totals = $root.rookery.session.v1.FetchTotals.decode(reader, reader.size(), $undefined, _depth + 1, message.totals);
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return FetchProgress;
            })();

            v1.Readiness = (function() {

                /**
                 * Properties of a Readiness.
                 * @typedef {Object} rookery.session.v1.Readiness.$Properties
                 * @property {string|null} [app] Readiness app
                 * @property {string|null} [releaseId] Readiness releaseId
                 * @property {boolean|null} [ready] Readiness ready
                 * @property {string|null} [detail] Readiness detail
                 * @property {number|null} [atMs] Readiness atMs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Readiness.
                 * @memberof rookery.session.v1
                 * @interface IReadiness
                 * @augments rookery.session.v1.Readiness.$Properties
                 * @deprecated Use rookery.session.v1.Readiness.$Properties instead.
                 */

                /**
                 * Shape of a Readiness.
                 * @typedef {rookery.session.v1.Readiness.$Properties} rookery.session.v1.Readiness.$Shape
                 */

                /**
                 * Constructs a new Readiness.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Readiness.
                 * @constructor
                 * @param {rookery.session.v1.Readiness.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Readiness = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Readiness app.
                 * @member {string} app
                 * @memberof rookery.session.v1.Readiness
                 * @instance
                 */
                Readiness.prototype.app = "";

                /**
                 * Readiness releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.Readiness
                 * @instance
                 */
                Readiness.prototype.releaseId = "";

                /**
                 * Readiness ready.
                 * @member {boolean} ready
                 * @memberof rookery.session.v1.Readiness
                 * @instance
                 */
                Readiness.prototype.ready = false;

                /**
                 * Readiness detail.
                 * @member {string} detail
                 * @memberof rookery.session.v1.Readiness
                 * @instance
                 */
                Readiness.prototype.detail = "";

                /**
                 * Readiness atMs.
                 * @member {number} atMs
                 * @memberof rookery.session.v1.Readiness
                 * @instance
                 */
                Readiness.prototype.atMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified Readiness message. Does not implicitly {@link rookery.session.v1.Readiness.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Readiness
                 * @static
                 * @param {rookery.session.v1.Readiness.$Properties} message Readiness message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Readiness.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.releaseId);
                    if (message.ready != null && $Object.hasOwnProperty.call(message, "ready") && message.ready !== false)
                        writer.uint32(/* id 3, wireType 0 =*/24).bool(message.ready);
                    if (message.detail != null && $Object.hasOwnProperty.call(message, "detail") && message.detail !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.detail);
                    if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs") && (typeof message.atMs === "object" ? message.atMs.low || message.atMs.high : message.atMs !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.atMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Readiness message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Readiness
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Readiness & rookery.session.v1.Readiness.$Shape} Readiness
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Readiness.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Readiness();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.ready = value;
                                else
                                    delete message.ready;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.detail = value;
                                else
                                    delete message.detail;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.atMs = value;
                                else
                                    delete message.atMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Readiness;
            })();

            v1.SpoolBatch = (function() {

                /**
                 * Properties of a SpoolBatch.
                 * @typedef {Object} rookery.session.v1.SpoolBatch.$Properties
                 * @property {string|null} [spoolId] SpoolBatch spoolId
                 * @property {Array.<rookery.session.v1.SpoolRecord.$Properties>|null} [records] SpoolBatch records
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SpoolBatch.
                 * @memberof rookery.session.v1
                 * @interface ISpoolBatch
                 * @augments rookery.session.v1.SpoolBatch.$Properties
                 * @deprecated Use rookery.session.v1.SpoolBatch.$Properties instead.
                 */

                /**
                 * Shape of a SpoolBatch.
                 * @typedef {{
                 *   spoolId?: string|null;
                 *   records?: Array.<rookery.session.v1.SpoolRecord.$Shape>|null;
                 *   $unknowns?: Array.<Uint8Array>;
                 * }} rookery.session.v1.SpoolBatch.$Shape
                 */

                /**
                 * Constructs a new SpoolBatch.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SpoolBatch.
                 * @constructor
                 * @param {rookery.session.v1.SpoolBatch.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SpoolBatch = function (properties) {
                    this.records = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SpoolBatch spoolId.
                 * @member {string} spoolId
                 * @memberof rookery.session.v1.SpoolBatch
                 * @instance
                 */
                SpoolBatch.prototype.spoolId = "";

                /**
                 * SpoolBatch records.
                 * @member {Array.<rookery.session.v1.SpoolRecord.$Properties>} records
                 * @memberof rookery.session.v1.SpoolBatch
                 * @instance
                 */
                SpoolBatch.prototype.records = $util.emptyArray;

                /**
                 * Encodes the specified SpoolBatch message. Does not implicitly {@link rookery.session.v1.SpoolBatch.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SpoolBatch
                 * @static
                 * @param {rookery.session.v1.SpoolBatch.$Properties} message SpoolBatch message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SpoolBatch.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.spoolId != null && $Object.hasOwnProperty.call(message, "spoolId") && message.spoolId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.spoolId);
                    if (message.records != null && message.records.length)
                        for (let i = 0; i < message.records.length; ++i)
                            $root.rookery.session.v1.SpoolRecord.encode(message.records[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SpoolBatch message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SpoolBatch
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolBatch & rookery.session.v1.SpoolBatch.$Shape} SpoolBatch
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SpoolBatch.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SpoolBatch();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.spoolId = value;
                                else
                                    delete message.spoolId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.records && message.records.length))
                                    message.records = [];
                                message.records.push($root.rookery.session.v1.SpoolRecord.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SpoolBatch;
            })();

            v1.SpoolRecord = (function() {

                /**
                 * Properties of a SpoolRecord.
                 * @typedef {Object} rookery.session.v1.SpoolRecord.$Properties
                 * @property {number|null} [number] SpoolRecord number
                 * @property {rookery.session.v1.LogChunk.$Properties|null} [logChunk] SpoolRecord logChunk
                 * @property {rookery.session.v1.CounterWindow.$Properties|null} [counterWindow] SpoolRecord counterWindow
                 * @property {rookery.session.v1.Gap.$Properties|null} [gap] SpoolRecord gap
                 * @property {rookery.session.v1.CounterWindows.$Properties|null} [counterWindows] SpoolRecord counterWindows
                 * @property {"logChunk"|"counterWindow"|"gap"|"counterWindows"} [body] SpoolRecord body
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SpoolRecord.
                 * @memberof rookery.session.v1
                 * @interface ISpoolRecord
                 * @augments rookery.session.v1.SpoolRecord.$Properties
                 * @deprecated Use rookery.session.v1.SpoolRecord.$Properties instead.
                 */

                /**
                 * Narrowed shape of a SpoolRecord.
                 * @typedef {{
                 *   number?: number|null;
                 *   logChunk?: rookery.session.v1.LogChunk.$Shape|null;
                 *   counterWindow?: rookery.session.v1.CounterWindow.$Shape|null;
                 *   gap?: rookery.session.v1.Gap.$Shape|null;
                 *   counterWindows?: rookery.session.v1.CounterWindows.$Shape|null;
                 *   $unknowns?: Array.<Uint8Array>;
                 * } & (
                 *   ({ body?: undefined; logChunk?: null; counterWindow?: null; gap?: null; counterWindows?: null }|{ body?: "logChunk"; logChunk: rookery.session.v1.LogChunk.$Shape; counterWindow?: null; gap?: null; counterWindows?: null }|{ body?: "counterWindow"; logChunk?: null; counterWindow: rookery.session.v1.CounterWindow.$Shape; gap?: null; counterWindows?: null }|{ body?: "gap"; logChunk?: null; counterWindow?: null; gap: rookery.session.v1.Gap.$Shape; counterWindows?: null }|{ body?: "counterWindows"; logChunk?: null; counterWindow?: null; gap?: null; counterWindows: rookery.session.v1.CounterWindows.$Shape })
                 * )} rookery.session.v1.SpoolRecord.$Shape
                 */

                /**
                 * Constructs a new SpoolRecord.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SpoolRecord.
                 * @constructor
                 * @param {rookery.session.v1.SpoolRecord.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SpoolRecord = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SpoolRecord number.
                 * @member {number} number
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                SpoolRecord.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * SpoolRecord logChunk.
                 * @member {rookery.session.v1.LogChunk.$Properties|null|undefined} logChunk
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                SpoolRecord.prototype.logChunk = null;

                /**
                 * SpoolRecord counterWindow.
                 * @member {rookery.session.v1.CounterWindow.$Properties|null|undefined} counterWindow
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                SpoolRecord.prototype.counterWindow = null;

                /**
                 * SpoolRecord gap.
                 * @member {rookery.session.v1.Gap.$Properties|null|undefined} gap
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                SpoolRecord.prototype.gap = null;

                /**
                 * SpoolRecord counterWindows.
                 * @member {rookery.session.v1.CounterWindows.$Properties|null|undefined} counterWindows
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                SpoolRecord.prototype.counterWindows = null;

                // OneOf field names bound to virtual getters and setters
                let $oneOfFields;

                /**
                 * SpoolRecord body.
                 * @member {"logChunk"|"counterWindow"|"gap"|"counterWindows"|undefined} body
                 * @memberof rookery.session.v1.SpoolRecord
                 * @instance
                 */
                $Object.defineProperty(SpoolRecord.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["logChunk", "counterWindow", "gap", "counterWindows"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                /**
                 * Encodes the specified SpoolRecord message. Does not implicitly {@link rookery.session.v1.SpoolRecord.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SpoolRecord
                 * @static
                 * @param {rookery.session.v1.SpoolRecord.$Properties} message SpoolRecord message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SpoolRecord.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.number);
                    if (message.logChunk != null && $Object.hasOwnProperty.call(message, "logChunk"))
                        $root.rookery.session.v1.LogChunk.encode(message.logChunk, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                    if (message.counterWindow != null && $Object.hasOwnProperty.call(message, "counterWindow"))
                        $root.rookery.session.v1.CounterWindow.encode(message.counterWindow, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                    if (message.gap != null && $Object.hasOwnProperty.call(message, "gap"))
                        $root.rookery.session.v1.Gap.encode(message.gap, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                    if (message.counterWindows != null && $Object.hasOwnProperty.call(message, "counterWindows"))
                        $root.rookery.session.v1.CounterWindows.encode(message.counterWindows, writer.uint32(/* id 20, wireType 2 =*/162).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SpoolRecord message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SpoolRecord
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolRecord & rookery.session.v1.SpoolRecord.$Shape} SpoolRecord
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SpoolRecord.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SpoolRecord();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.logChunk = $root.rookery.session.v1.LogChunk.decode(reader, reader.size(), $undefined, _depth + 1, message.logChunk);
                                message.body = "logChunk";
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.counterWindow = $root.rookery.session.v1.CounterWindow.decode(reader, reader.size(), $undefined, _depth + 1, message.counterWindow);
                                message.body = "counterWindow";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.gap = $root.rookery.session.v1.Gap.decode(reader, reader.size(), $undefined, _depth + 1, message.gap);
                                message.body = "gap";
                                continue;
                            }
                        case 20: {
                                if (wireType !== 2)
                                    break;
                                message.counterWindows = $root.rookery.session.v1.CounterWindows.decode(reader, reader.size(), $undefined, _depth + 1, message.counterWindows);
                                message.body = "counterWindows";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SpoolRecord;
            })();

            v1.SpoolAck = (function() {

                /**
                 * Properties of a SpoolAck.
                 * @typedef {Object} rookery.session.v1.SpoolAck.$Properties
                 * @property {string|null} [spoolId] SpoolAck spoolId
                 * @property {number|null} [number] SpoolAck number
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SpoolAck.
                 * @memberof rookery.session.v1
                 * @interface ISpoolAck
                 * @augments rookery.session.v1.SpoolAck.$Properties
                 * @deprecated Use rookery.session.v1.SpoolAck.$Properties instead.
                 */

                /**
                 * Shape of a SpoolAck.
                 * @typedef {rookery.session.v1.SpoolAck.$Properties} rookery.session.v1.SpoolAck.$Shape
                 */

                /**
                 * Constructs a new SpoolAck.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SpoolAck.
                 * @constructor
                 * @param {rookery.session.v1.SpoolAck.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SpoolAck = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SpoolAck spoolId.
                 * @member {string} spoolId
                 * @memberof rookery.session.v1.SpoolAck
                 * @instance
                 */
                SpoolAck.prototype.spoolId = "";

                /**
                 * SpoolAck number.
                 * @member {number} number
                 * @memberof rookery.session.v1.SpoolAck
                 * @instance
                 */
                SpoolAck.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified SpoolAck message. Does not implicitly {@link rookery.session.v1.SpoolAck.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SpoolAck
                 * @static
                 * @param {rookery.session.v1.SpoolAck.$Properties} message SpoolAck message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SpoolAck.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.spoolId != null && $Object.hasOwnProperty.call(message, "spoolId") && message.spoolId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.spoolId);
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.number);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SpoolAck message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SpoolAck
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SpoolAck & rookery.session.v1.SpoolAck.$Shape} SpoolAck
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SpoolAck.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SpoolAck();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.spoolId = value;
                                else
                                    delete message.spoolId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SpoolAck;
            })();

            v1.LogChunk = (function() {

                /**
                 * Properties of a LogChunk.
                 * @typedef {Object} rookery.session.v1.LogChunk.$Properties
                 * @property {string|null} [stream] LogChunk stream
                 * @property {number|null} [sequence] LogChunk sequence
                 * @property {string|null} [rolloutId] LogChunk rolloutId
                 * @property {string|null} [app] LogChunk app
                 * @property {string|null} [releaseId] LogChunk releaseId
                 * @property {number|null} [atMs] LogChunk atMs
                 * @property {Uint8Array|null} [data] LogChunk data
                 * @property {boolean|null} [final] LogChunk final
                 * @property {number|null} [leftOutBytes] LogChunk leftOutBytes
                 * @property {number|null} [leftOutLimit] LogChunk leftOutLimit
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a LogChunk.
                 * @memberof rookery.session.v1
                 * @interface ILogChunk
                 * @augments rookery.session.v1.LogChunk.$Properties
                 * @deprecated Use rookery.session.v1.LogChunk.$Properties instead.
                 */

                /**
                 * Shape of a LogChunk.
                 * @typedef {rookery.session.v1.LogChunk.$Properties} rookery.session.v1.LogChunk.$Shape
                 */

                /**
                 * Constructs a new LogChunk.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a LogChunk.
                 * @constructor
                 * @param {rookery.session.v1.LogChunk.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const LogChunk = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * LogChunk stream.
                 * @member {string} stream
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.stream = "";

                /**
                 * LogChunk sequence.
                 * @member {number} sequence
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * LogChunk rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.rolloutId = "";

                /**
                 * LogChunk app.
                 * @member {string} app
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.app = "";

                /**
                 * LogChunk releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.releaseId = "";

                /**
                 * LogChunk atMs.
                 * @member {number} atMs
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.atMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * LogChunk data.
                 * @member {Uint8Array} data
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.data = $util.newBuffer([]);

                /**
                 * LogChunk final.
                 * @member {boolean} final
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.final = false;

                /**
                 * LogChunk leftOutBytes.
                 * @member {number} leftOutBytes
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.leftOutBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * LogChunk leftOutLimit.
                 * @member {number} leftOutLimit
                 * @memberof rookery.session.v1.LogChunk
                 * @instance
                 */
                LogChunk.prototype.leftOutLimit = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified LogChunk message. Does not implicitly {@link rookery.session.v1.LogChunk.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.LogChunk
                 * @static
                 * @param {rookery.session.v1.LogChunk.$Properties} message LogChunk message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                LogChunk.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.stream);
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.sequence);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.rolloutId);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 5, wireType 2 =*/42).string(message.releaseId);
                    if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs") && (typeof message.atMs === "object" ? message.atMs.low || message.atMs.high : message.atMs !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.atMs);
                    if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                        writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.data);
                    if (message.final != null && $Object.hasOwnProperty.call(message, "final") && message.final !== false)
                        writer.uint32(/* id 8, wireType 0 =*/64).bool(message.final);
                    if (message.leftOutBytes != null && $Object.hasOwnProperty.call(message, "leftOutBytes") && (typeof message.leftOutBytes === "object" ? message.leftOutBytes.low || message.leftOutBytes.high : message.leftOutBytes !== 0))
                        writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.leftOutBytes);
                    if (message.leftOutLimit != null && $Object.hasOwnProperty.call(message, "leftOutLimit") && (typeof message.leftOutLimit === "object" ? message.leftOutLimit.low || message.leftOutLimit.high : message.leftOutLimit !== 0))
                        writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.leftOutLimit);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a LogChunk message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.LogChunk
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.LogChunk & rookery.session.v1.LogChunk.$Shape} LogChunk
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                LogChunk.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.LogChunk();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.stream = value;
                                else
                                    delete message.stream;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.sequence = value;
                                else
                                    delete message.sequence;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.atMs = value;
                                else
                                    delete message.atMs;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.data = value;
                                else
                                    delete message.data;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.final = value;
                                else
                                    delete message.final;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.leftOutBytes = value;
                                else
                                    delete message.leftOutBytes;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.leftOutLimit = value;
                                else
                                    delete message.leftOutLimit;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return LogChunk;
            })();

            v1.CounterWindow = (function() {

                /**
                 * Properties of a CounterWindow.
                 * @typedef {Object} rookery.session.v1.CounterWindow.$Properties
                 * @property {string|null} [name] CounterWindow name
                 * @property {number|null} [startMs] CounterWindow startMs
                 * @property {number|null} [widthMs] CounterWindow widthMs
                 * @property {number|null} [count] CounterWindow count
                 * @property {number|null} [sum] CounterWindow sum
                 * @property {number|null} [sumOfSquares] CounterWindow sumOfSquares
                 * @property {number|null} [min] CounterWindow min
                 * @property {number|null} [max] CounterWindow max
                 * @property {string|null} [app] CounterWindow app
                 * @property {string|null} [releaseId] CounterWindow releaseId
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a CounterWindow.
                 * @memberof rookery.session.v1
                 * @interface ICounterWindow
                 * @augments rookery.session.v1.CounterWindow.$Properties
                 * @deprecated Use rookery.session.v1.CounterWindow.$Properties instead.
                 */

                /**
                 * Shape of a CounterWindow.
                 * @typedef {rookery.session.v1.CounterWindow.$Properties} rookery.session.v1.CounterWindow.$Shape
                 */

                /**
                 * Constructs a new CounterWindow.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a CounterWindow.
                 * @constructor
                 * @param {rookery.session.v1.CounterWindow.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const CounterWindow = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * CounterWindow name.
                 * @member {string} name
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.name = "";

                /**
                 * CounterWindow startMs.
                 * @member {number} startMs
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.startMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * CounterWindow widthMs.
                 * @member {number} widthMs
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.widthMs = 0;

                /**
                 * CounterWindow count.
                 * @member {number} count
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.count = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * CounterWindow sum.
                 * @member {number} sum
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.sum = 0;

                /**
                 * CounterWindow sumOfSquares.
                 * @member {number} sumOfSquares
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.sumOfSquares = 0;

                /**
                 * CounterWindow min.
                 * @member {number} min
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.min = 0;

                /**
                 * CounterWindow max.
                 * @member {number} max
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.max = 0;

                /**
                 * CounterWindow app.
                 * @member {string} app
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.app = "";

                /**
                 * CounterWindow releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.CounterWindow
                 * @instance
                 */
                CounterWindow.prototype.releaseId = "";

                /**
                 * Encodes the specified CounterWindow message. Does not implicitly {@link rookery.session.v1.CounterWindow.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.CounterWindow
                 * @static
                 * @param {rookery.session.v1.CounterWindow.$Properties} message CounterWindow message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                CounterWindow.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                    if (message.startMs != null && $Object.hasOwnProperty.call(message, "startMs") && (typeof message.startMs === "object" ? message.startMs.low || message.startMs.high : message.startMs !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.startMs);
                    if (message.widthMs != null && $Object.hasOwnProperty.call(message, "widthMs") && message.widthMs !== 0)
                        writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.widthMs);
                    if (message.count != null && $Object.hasOwnProperty.call(message, "count") && (typeof message.count === "object" ? message.count.low || message.count.high : message.count !== 0))
                        writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.count);
                    if (message.sum != null && $Object.hasOwnProperty.call(message, "sum") && !$Object.is(message.sum, 0))
                        writer.uint32(/* id 5, wireType 1 =*/41).double(message.sum);
                    if (message.sumOfSquares != null && $Object.hasOwnProperty.call(message, "sumOfSquares") && !$Object.is(message.sumOfSquares, 0))
                        writer.uint32(/* id 6, wireType 1 =*/49).double(message.sumOfSquares);
                    if (message.min != null && $Object.hasOwnProperty.call(message, "min") && !$Object.is(message.min, 0))
                        writer.uint32(/* id 7, wireType 1 =*/57).double(message.min);
                    if (message.max != null && $Object.hasOwnProperty.call(message, "max") && !$Object.is(message.max, 0))
                        writer.uint32(/* id 8, wireType 1 =*/65).double(message.max);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 10, wireType 2 =*/82).string(message.releaseId);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a CounterWindow message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.CounterWindow
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CounterWindow & rookery.session.v1.CounterWindow.$Shape} CounterWindow
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                CounterWindow.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.CounterWindow();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.startMs = value;
                                else
                                    delete message.startMs;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.widthMs = value;
                                else
                                    delete message.widthMs;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.count = value;
                                else
                                    delete message.count;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.sum = value;
                                else
                                    delete message.sum;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.sumOfSquares = value;
                                else
                                    delete message.sumOfSquares;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.min = value;
                                else
                                    delete message.min;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.max = value;
                                else
                                    delete message.max;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return CounterWindow;
            })();

            /**
             * CounterKind enum.
             * @name rookery.session.v1.CounterKind
             * @enum {number}
             * @property {number} COUNTER_KIND_COUNTER=0 COUNTER_KIND_COUNTER value
             * @property {number} COUNTER_KIND_GAUGE=1 COUNTER_KIND_GAUGE value
             * @property {number} COUNTER_KIND_TIMER=2 COUNTER_KIND_TIMER value
             * @property {number} COUNTER_KIND_SET=3 COUNTER_KIND_SET value
             */
            v1.CounterKind = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "COUNTER_KIND_COUNTER"] = 0;
                values[valuesById[1] = "COUNTER_KIND_GAUGE"] = 1;
                values[valuesById[2] = "COUNTER_KIND_TIMER"] = 2;
                values[valuesById[3] = "COUNTER_KIND_SET"] = 3;
                return values;
            })();

            v1.CounterWindows = (function() {

                /**
                 * Properties of a CounterWindows.
                 * @typedef {Object} rookery.session.v1.CounterWindows.$Properties
                 * @property {number|null} [startMs] CounterWindows startMs
                 * @property {number|null} [widthMs] CounterWindows widthMs
                 * @property {Array.<string>|null} [apps] CounterWindows apps
                 * @property {Uint8Array|null} [names] CounterWindows names
                 * @property {Uint8Array|null} [app] CounterWindows app
                 * @property {Uint8Array|null} [kinds] CounterWindows kinds
                 * @property {Uint8Array|null} [sums] CounterWindows sums
                 * @property {Uint8Array|null} [counts] CounterWindows counts
                 * @property {Uint8Array|null} [sumsOfSquares] CounterWindows sumsOfSquares
                 * @property {Uint8Array|null} [mins] CounterWindows mins
                 * @property {Uint8Array|null} [maxs] CounterWindows maxs
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a CounterWindows.
                 * @memberof rookery.session.v1
                 * @interface ICounterWindows
                 * @augments rookery.session.v1.CounterWindows.$Properties
                 * @deprecated Use rookery.session.v1.CounterWindows.$Properties instead.
                 */

                /**
                 * Shape of a CounterWindows.
                 * @typedef {rookery.session.v1.CounterWindows.$Properties} rookery.session.v1.CounterWindows.$Shape
                 */

                /**
                 * Constructs a new CounterWindows.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a CounterWindows.
                 * @constructor
                 * @param {rookery.session.v1.CounterWindows.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const CounterWindows = function (properties) {
                    this.apps = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * CounterWindows startMs.
                 * @member {number} startMs
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.startMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * CounterWindows widthMs.
                 * @member {number} widthMs
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.widthMs = 0;

                /**
                 * CounterWindows apps.
                 * @member {Array.<string>} apps
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.apps = $util.emptyArray;

                /**
                 * CounterWindows names.
                 * @member {Uint8Array} names
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.names = $util.newBuffer([]);

                /**
                 * CounterWindows app.
                 * @member {Uint8Array} app
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.app = $util.newBuffer([]);

                /**
                 * CounterWindows kinds.
                 * @member {Uint8Array} kinds
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.kinds = $util.newBuffer([]);

                /**
                 * CounterWindows sums.
                 * @member {Uint8Array} sums
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.sums = $util.newBuffer([]);

                /**
                 * CounterWindows counts.
                 * @member {Uint8Array} counts
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.counts = $util.newBuffer([]);

                /**
                 * CounterWindows sumsOfSquares.
                 * @member {Uint8Array} sumsOfSquares
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.sumsOfSquares = $util.newBuffer([]);

                /**
                 * CounterWindows mins.
                 * @member {Uint8Array} mins
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.mins = $util.newBuffer([]);

                /**
                 * CounterWindows maxs.
                 * @member {Uint8Array} maxs
                 * @memberof rookery.session.v1.CounterWindows
                 * @instance
                 */
                CounterWindows.prototype.maxs = $util.newBuffer([]);

                /**
                 * Encodes the specified CounterWindows message. Does not implicitly {@link rookery.session.v1.CounterWindows.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.CounterWindows
                 * @static
                 * @param {rookery.session.v1.CounterWindows.$Properties} message CounterWindows message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                CounterWindows.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.startMs != null && $Object.hasOwnProperty.call(message, "startMs") && (typeof message.startMs === "object" ? message.startMs.low || message.startMs.high : message.startMs !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.startMs);
                    if (message.widthMs != null && $Object.hasOwnProperty.call(message, "widthMs") && message.widthMs !== 0)
                        writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.widthMs);
                    if (message.apps != null && message.apps.length)
                        for (let i = 0; i < message.apps.length; ++i)
                            writer.uint32(/* id 3, wireType 2 =*/26).string(message.apps[i]);
                    if (message.names != null && $Object.hasOwnProperty.call(message, "names") && message.names.length)
                        writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.names);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app.length)
                        writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.app);
                    if (message.kinds != null && $Object.hasOwnProperty.call(message, "kinds") && message.kinds.length)
                        writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.kinds);
                    if (message.sums != null && $Object.hasOwnProperty.call(message, "sums") && message.sums.length)
                        writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.sums);
                    if (message.counts != null && $Object.hasOwnProperty.call(message, "counts") && message.counts.length)
                        writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.counts);
                    if (message.sumsOfSquares != null && $Object.hasOwnProperty.call(message, "sumsOfSquares") && message.sumsOfSquares.length)
                        writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.sumsOfSquares);
                    if (message.mins != null && $Object.hasOwnProperty.call(message, "mins") && message.mins.length)
                        writer.uint32(/* id 10, wireType 2 =*/82).bytes(message.mins);
                    if (message.maxs != null && $Object.hasOwnProperty.call(message, "maxs") && message.maxs.length)
                        writer.uint32(/* id 11, wireType 2 =*/90).bytes(message.maxs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a CounterWindows message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.CounterWindows
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.CounterWindows & rookery.session.v1.CounterWindows.$Shape} CounterWindows
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                CounterWindows.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.CounterWindows();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.startMs = value;
                                else
                                    delete message.startMs;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.widthMs = value;
                                else
                                    delete message.widthMs;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.apps && message.apps.length))
                                    message.apps = [];
                                message.apps.push(reader.stringVerify());
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.names = value;
                                else
                                    delete message.names;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.kinds = value;
                                else
                                    delete message.kinds;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.sums = value;
                                else
                                    delete message.sums;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.counts = value;
                                else
                                    delete message.counts;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.sumsOfSquares = value;
                                else
                                    delete message.sumsOfSquares;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.mins = value;
                                else
                                    delete message.mins;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.maxs = value;
                                else
                                    delete message.maxs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return CounterWindows;
            })();

            v1.Gap = (function() {

                /**
                 * Properties of a Gap.
                 * @typedef {Object} rookery.session.v1.Gap.$Properties
                 * @property {number|null} [firstNumber] Gap firstNumber
                 * @property {number|null} [lastNumber] Gap lastNumber
                 * @property {number|null} [bytes] Gap bytes
                 * @property {Array.<rookery.session.v1.StreamLoss.$Properties>|null} [streams] Gap streams
                 * @property {number|null} [otherBytes] Gap otherBytes
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Gap.
                 * @memberof rookery.session.v1
                 * @interface IGap
                 * @augments rookery.session.v1.Gap.$Properties
                 * @deprecated Use rookery.session.v1.Gap.$Properties instead.
                 */

                /**
                 * Shape of a Gap.
                 * @typedef {rookery.session.v1.Gap.$Properties} rookery.session.v1.Gap.$Shape
                 */

                /**
                 * Constructs a new Gap.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Gap.
                 * @constructor
                 * @param {rookery.session.v1.Gap.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Gap = function (properties) {
                    this.streams = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Gap firstNumber.
                 * @member {number} firstNumber
                 * @memberof rookery.session.v1.Gap
                 * @instance
                 */
                Gap.prototype.firstNumber = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Gap lastNumber.
                 * @member {number} lastNumber
                 * @memberof rookery.session.v1.Gap
                 * @instance
                 */
                Gap.prototype.lastNumber = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Gap bytes.
                 * @member {number} bytes
                 * @memberof rookery.session.v1.Gap
                 * @instance
                 */
                Gap.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Gap streams.
                 * @member {Array.<rookery.session.v1.StreamLoss.$Properties>} streams
                 * @memberof rookery.session.v1.Gap
                 * @instance
                 */
                Gap.prototype.streams = $util.emptyArray;

                /**
                 * Gap otherBytes.
                 * @member {number} otherBytes
                 * @memberof rookery.session.v1.Gap
                 * @instance
                 */
                Gap.prototype.otherBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified Gap message. Does not implicitly {@link rookery.session.v1.Gap.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Gap
                 * @static
                 * @param {rookery.session.v1.Gap.$Properties} message Gap message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Gap.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.firstNumber != null && $Object.hasOwnProperty.call(message, "firstNumber") && (typeof message.firstNumber === "object" ? message.firstNumber.low || message.firstNumber.high : message.firstNumber !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.firstNumber);
                    if (message.lastNumber != null && $Object.hasOwnProperty.call(message, "lastNumber") && (typeof message.lastNumber === "object" ? message.lastNumber.low || message.lastNumber.high : message.lastNumber !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.lastNumber);
                    if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.bytes);
                    if (message.streams != null && message.streams.length)
                        for (let i = 0; i < message.streams.length; ++i)
                            $root.rookery.session.v1.StreamLoss.encode(message.streams[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                    if (message.otherBytes != null && $Object.hasOwnProperty.call(message, "otherBytes") && (typeof message.otherBytes === "object" ? message.otherBytes.low || message.otherBytes.high : message.otherBytes !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.otherBytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Gap message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Gap
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Gap & rookery.session.v1.Gap.$Shape} Gap
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Gap.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Gap();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.firstNumber = value;
                                else
                                    delete message.firstNumber;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.lastNumber = value;
                                else
                                    delete message.lastNumber;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytes = value;
                                else
                                    delete message.bytes;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.streams && message.streams.length))
                                    message.streams = [];
                                message.streams.push($root.rookery.session.v1.StreamLoss.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.otherBytes = value;
                                else
                                    delete message.otherBytes;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Gap;
            })();

            v1.StreamLoss = (function() {

                /**
                 * Properties of a StreamLoss.
                 * @typedef {Object} rookery.session.v1.StreamLoss.$Properties
                 * @property {string|null} [stream] StreamLoss stream
                 * @property {string|null} [rolloutId] StreamLoss rolloutId
                 * @property {string|null} [app] StreamLoss app
                 * @property {string|null} [releaseId] StreamLoss releaseId
                 * @property {number|null} [bytes] StreamLoss bytes
                 * @property {number|null} [firstSequence] StreamLoss firstSequence
                 * @property {number|null} [lastSequence] StreamLoss lastSequence
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a StreamLoss.
                 * @memberof rookery.session.v1
                 * @interface IStreamLoss
                 * @augments rookery.session.v1.StreamLoss.$Properties
                 * @deprecated Use rookery.session.v1.StreamLoss.$Properties instead.
                 */

                /**
                 * Shape of a StreamLoss.
                 * @typedef {rookery.session.v1.StreamLoss.$Properties} rookery.session.v1.StreamLoss.$Shape
                 */

                /**
                 * Constructs a new StreamLoss.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a StreamLoss.
                 * @constructor
                 * @param {rookery.session.v1.StreamLoss.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const StreamLoss = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * StreamLoss stream.
                 * @member {string} stream
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.stream = "";

                /**
                 * StreamLoss rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.rolloutId = "";

                /**
                 * StreamLoss app.
                 * @member {string} app
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.app = "";

                /**
                 * StreamLoss releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.releaseId = "";

                /**
                 * StreamLoss bytes.
                 * @member {number} bytes
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * StreamLoss firstSequence.
                 * @member {number} firstSequence
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.firstSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * StreamLoss lastSequence.
                 * @member {number} lastSequence
                 * @memberof rookery.session.v1.StreamLoss
                 * @instance
                 */
                StreamLoss.prototype.lastSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Encodes the specified StreamLoss message. Does not implicitly {@link rookery.session.v1.StreamLoss.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.StreamLoss
                 * @static
                 * @param {rookery.session.v1.StreamLoss.$Properties} message StreamLoss message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                StreamLoss.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.stream);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.releaseId);
                    if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.bytes);
                    if (message.firstSequence != null && $Object.hasOwnProperty.call(message, "firstSequence") && (typeof message.firstSequence === "object" ? message.firstSequence.low || message.firstSequence.high : message.firstSequence !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.firstSequence);
                    if (message.lastSequence != null && $Object.hasOwnProperty.call(message, "lastSequence") && (typeof message.lastSequence === "object" ? message.lastSequence.low || message.lastSequence.high : message.lastSequence !== 0))
                        writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.lastSequence);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a StreamLoss message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.StreamLoss
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.StreamLoss & rookery.session.v1.StreamLoss.$Shape} StreamLoss
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                StreamLoss.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.StreamLoss();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.stream = value;
                                else
                                    delete message.stream;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytes = value;
                                else
                                    delete message.bytes;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.firstSequence = value;
                                else
                                    delete message.firstSequence;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.lastSequence = value;
                                else
                                    delete message.lastSequence;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return StreamLoss;
            })();

            v1.SwarmLimits = (function() {

                /**
                 * Properties of a SwarmLimits.
                 * @typedef {Object} rookery.session.v1.SwarmLimits.$Properties
                 * @property {number|null} [uploadMbitPerSecond] SwarmLimits uploadMbitPerSecond
                 * @property {number|null} [downloadMbitPerSecond] SwarmLimits downloadMbitPerSecond
                 * @property {Object.<string,number>|null} [zoneMbitPerSecond] SwarmLimits zoneMbitPerSecond
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SwarmLimits.
                 * @memberof rookery.session.v1
                 * @interface ISwarmLimits
                 * @augments rookery.session.v1.SwarmLimits.$Properties
                 * @deprecated Use rookery.session.v1.SwarmLimits.$Properties instead.
                 */

                /**
                 * Shape of a SwarmLimits.
                 * @typedef {rookery.session.v1.SwarmLimits.$Properties} rookery.session.v1.SwarmLimits.$Shape
                 */

                /**
                 * Constructs a new SwarmLimits.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SwarmLimits.
                 * @constructor
                 * @param {rookery.session.v1.SwarmLimits.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SwarmLimits = function (properties) {
                    this.zoneMbitPerSecond = {};
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SwarmLimits uploadMbitPerSecond.
                 * @member {number} uploadMbitPerSecond
                 * @memberof rookery.session.v1.SwarmLimits
                 * @instance
                 */
                SwarmLimits.prototype.uploadMbitPerSecond = 0;

                /**
                 * SwarmLimits downloadMbitPerSecond.
                 * @member {number} downloadMbitPerSecond
                 * @memberof rookery.session.v1.SwarmLimits
                 * @instance
                 */
                SwarmLimits.prototype.downloadMbitPerSecond = 0;

                /**
                 * SwarmLimits zoneMbitPerSecond.
                 * @member {Object.<string,number>} zoneMbitPerSecond
                 * @memberof rookery.session.v1.SwarmLimits
                 * @instance
                 */
                SwarmLimits.prototype.zoneMbitPerSecond = $util.emptyObject;

                /**
                 * Encodes the specified SwarmLimits message. Does not implicitly {@link rookery.session.v1.SwarmLimits.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SwarmLimits
                 * @static
                 * @param {rookery.session.v1.SwarmLimits.$Properties} message SwarmLimits message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SwarmLimits.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.uploadMbitPerSecond != null && $Object.hasOwnProperty.call(message, "uploadMbitPerSecond") && !$Object.is(message.uploadMbitPerSecond, 0))
                        writer.uint32(/* id 1, wireType 1 =*/9).double(message.uploadMbitPerSecond);
                    if (message.downloadMbitPerSecond != null && $Object.hasOwnProperty.call(message, "downloadMbitPerSecond") && !$Object.is(message.downloadMbitPerSecond, 0))
                        writer.uint32(/* id 2, wireType 1 =*/17).double(message.downloadMbitPerSecond);
                    if (message.zoneMbitPerSecond != null && $Object.hasOwnProperty.call(message, "zoneMbitPerSecond"))
                        for (let keys = $Object.keys(message.zoneMbitPerSecond), i = 0; i < keys.length; ++i)
                            writer.uint32(/* id 3, wireType 2 =*/26).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 1 =*/17).double(message.zoneMbitPerSecond[keys[i]]).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SwarmLimits message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SwarmLimits
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SwarmLimits & rookery.session.v1.SwarmLimits.$Shape} SwarmLimits
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SwarmLimits.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, key, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SwarmLimits();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.uploadMbitPerSecond = value;
                                else
                                    delete message.uploadMbitPerSecond;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.downloadMbitPerSecond = value;
                                else
                                    delete message.downloadMbitPerSecond;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (message.zoneMbitPerSecond === $util.emptyObject)
                                    message.zoneMbitPerSecond = {};
                                let end2 = reader.size() + reader.pos;
                                if (end2 > reader.len)
                                    throw $RangeError("index out of range");
                                reader.len = end2;
                                key = "";
                                value = 0;
                                while (reader.pos < end2) {
                                    let tag2 = reader.tag();
                                    wireType = tag2 & 7;
                                    switch (tag2 >>>= 3) {
                                    case 1:
                                        if (wireType !== 2)
                                            break;
                                        key = reader.stringVerify();
                                        continue;
                                    case 2:
                                        if (wireType !== 1)
                                            break;
                                        value = reader.double();
                                        continue;
                                    }
                                    reader.skipType(wireType, _depth, tag2);
                                }
                                if (reader.pos !== end2)
                                    throw $RangeError("index out of range");
                                reader.len = end;
                                if (key === "__proto__")
                                    $util.makeProp(message.zoneMbitPerSecond, key);
                                message.zoneMbitPerSecond[key] = value;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SwarmLimits;
            })();

            v1.SeedingWanted = (function() {

                /**
                 * Properties of a SeedingWanted.
                 * @typedef {Object} rookery.session.v1.SeedingWanted.$Properties
                 * @property {Array.<string>|null} [releaseIds] SeedingWanted releaseIds
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SeedingWanted.
                 * @memberof rookery.session.v1
                 * @interface ISeedingWanted
                 * @augments rookery.session.v1.SeedingWanted.$Properties
                 * @deprecated Use rookery.session.v1.SeedingWanted.$Properties instead.
                 */

                /**
                 * Shape of a SeedingWanted.
                 * @typedef {rookery.session.v1.SeedingWanted.$Properties} rookery.session.v1.SeedingWanted.$Shape
                 */

                /**
                 * Constructs a new SeedingWanted.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SeedingWanted.
                 * @constructor
                 * @param {rookery.session.v1.SeedingWanted.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SeedingWanted = function (properties) {
                    this.releaseIds = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SeedingWanted releaseIds.
                 * @member {Array.<string>} releaseIds
                 * @memberof rookery.session.v1.SeedingWanted
                 * @instance
                 */
                SeedingWanted.prototype.releaseIds = $util.emptyArray;

                /**
                 * Encodes the specified SeedingWanted message. Does not implicitly {@link rookery.session.v1.SeedingWanted.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SeedingWanted
                 * @static
                 * @param {rookery.session.v1.SeedingWanted.$Properties} message SeedingWanted message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SeedingWanted.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.releaseIds != null && message.releaseIds.length)
                        for (let i = 0; i < message.releaseIds.length; ++i)
                            writer.uint32(/* id 1, wireType 2 =*/10).string(message.releaseIds[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SeedingWanted message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SeedingWanted
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SeedingWanted & rookery.session.v1.SeedingWanted.$Shape} SeedingWanted
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SeedingWanted.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SeedingWanted();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.releaseIds && message.releaseIds.length))
                                    message.releaseIds = [];
                                message.releaseIds.push(reader.stringVerify());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SeedingWanted;
            })();

            v1.ReleaseRevocations = (function() {

                /**
                 * Properties of a ReleaseRevocations.
                 * @typedef {Object} rookery.session.v1.ReleaseRevocations.$Properties
                 * @property {Array.<rookery.session.v1.SignedRevocation.$Properties>|null} [revocations] ReleaseRevocations revocations
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a ReleaseRevocations.
                 * @memberof rookery.session.v1
                 * @interface IReleaseRevocations
                 * @augments rookery.session.v1.ReleaseRevocations.$Properties
                 * @deprecated Use rookery.session.v1.ReleaseRevocations.$Properties instead.
                 */

                /**
                 * Shape of a ReleaseRevocations.
                 * @typedef {rookery.session.v1.ReleaseRevocations.$Properties} rookery.session.v1.ReleaseRevocations.$Shape
                 */

                /**
                 * Constructs a new ReleaseRevocations.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a ReleaseRevocations.
                 * @constructor
                 * @param {rookery.session.v1.ReleaseRevocations.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const ReleaseRevocations = function (properties) {
                    this.revocations = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * ReleaseRevocations revocations.
                 * @member {Array.<rookery.session.v1.SignedRevocation.$Properties>} revocations
                 * @memberof rookery.session.v1.ReleaseRevocations
                 * @instance
                 */
                ReleaseRevocations.prototype.revocations = $util.emptyArray;

                /**
                 * Encodes the specified ReleaseRevocations message. Does not implicitly {@link rookery.session.v1.ReleaseRevocations.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.ReleaseRevocations
                 * @static
                 * @param {rookery.session.v1.ReleaseRevocations.$Properties} message ReleaseRevocations message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                ReleaseRevocations.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.revocations != null && message.revocations.length)
                        for (let i = 0; i < message.revocations.length; ++i)
                            $root.rookery.session.v1.SignedRevocation.encode(message.revocations[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a ReleaseRevocations message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.ReleaseRevocations
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.ReleaseRevocations & rookery.session.v1.ReleaseRevocations.$Shape} ReleaseRevocations
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                ReleaseRevocations.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.ReleaseRevocations();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.revocations && message.revocations.length))
                                    message.revocations = [];
                                message.revocations.push($root.rookery.session.v1.SignedRevocation.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return ReleaseRevocations;
            })();

            v1.SignedRevocation = (function() {

                /**
                 * Properties of a SignedRevocation.
                 * @typedef {Object} rookery.session.v1.SignedRevocation.$Properties
                 * @property {Uint8Array|null} [statement] SignedRevocation statement
                 * @property {Uint8Array|null} [signature] SignedRevocation signature
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a SignedRevocation.
                 * @memberof rookery.session.v1
                 * @interface ISignedRevocation
                 * @augments rookery.session.v1.SignedRevocation.$Properties
                 * @deprecated Use rookery.session.v1.SignedRevocation.$Properties instead.
                 */

                /**
                 * Shape of a SignedRevocation.
                 * @typedef {rookery.session.v1.SignedRevocation.$Properties} rookery.session.v1.SignedRevocation.$Shape
                 */

                /**
                 * Constructs a new SignedRevocation.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a SignedRevocation.
                 * @constructor
                 * @param {rookery.session.v1.SignedRevocation.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const SignedRevocation = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * SignedRevocation statement.
                 * @member {Uint8Array} statement
                 * @memberof rookery.session.v1.SignedRevocation
                 * @instance
                 */
                SignedRevocation.prototype.statement = $util.newBuffer([]);

                /**
                 * SignedRevocation signature.
                 * @member {Uint8Array} signature
                 * @memberof rookery.session.v1.SignedRevocation
                 * @instance
                 */
                SignedRevocation.prototype.signature = $util.newBuffer([]);

                /**
                 * Encodes the specified SignedRevocation message. Does not implicitly {@link rookery.session.v1.SignedRevocation.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.SignedRevocation
                 * @static
                 * @param {rookery.session.v1.SignedRevocation.$Properties} message SignedRevocation message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                SignedRevocation.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.statement != null && $Object.hasOwnProperty.call(message, "statement") && message.statement.length)
                        writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.statement);
                    if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.signature);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a SignedRevocation message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.SignedRevocation
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.SignedRevocation & rookery.session.v1.SignedRevocation.$Shape} SignedRevocation
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                SignedRevocation.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.SignedRevocation();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.statement = value;
                                else
                                    delete message.statement;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.signature = value;
                                else
                                    delete message.signature;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return SignedRevocation;
            })();

            v1.VerifyReport = (function() {

                /**
                 * Properties of a VerifyReport.
                 * @typedef {Object} rookery.session.v1.VerifyReport.$Properties
                 * @property {string|null} [attemptId] VerifyReport attemptId
                 * @property {string|null} [rolloutId] VerifyReport rolloutId
                 * @property {string|null} [app] VerifyReport app
                 * @property {string|null} [releaseId] VerifyReport releaseId
                 * @property {boolean|null} [intact] VerifyReport intact
                 * @property {Array.<rookery.session.v1.Difference.$Properties>|null} [differences] VerifyReport differences
                 * @property {number|null} [differencesTotal] VerifyReport differencesTotal
                 * @property {number|null} [files] VerifyReport files
                 * @property {number|null} [durationMs] VerifyReport durationMs
                 * @property {number|null} [atMs] VerifyReport atMs
                 * @property {string|null} [errorCode] VerifyReport errorCode
                 * @property {string|null} [errorMessage] VerifyReport errorMessage
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a VerifyReport.
                 * @memberof rookery.session.v1
                 * @interface IVerifyReport
                 * @augments rookery.session.v1.VerifyReport.$Properties
                 * @deprecated Use rookery.session.v1.VerifyReport.$Properties instead.
                 */

                /**
                 * Shape of a VerifyReport.
                 * @typedef {rookery.session.v1.VerifyReport.$Properties} rookery.session.v1.VerifyReport.$Shape
                 */

                /**
                 * Constructs a new VerifyReport.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a VerifyReport.
                 * @constructor
                 * @param {rookery.session.v1.VerifyReport.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const VerifyReport = function (properties) {
                    this.differences = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * VerifyReport attemptId.
                 * @member {string} attemptId
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.attemptId = "";

                /**
                 * VerifyReport rolloutId.
                 * @member {string} rolloutId
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.rolloutId = "";

                /**
                 * VerifyReport app.
                 * @member {string} app
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.app = "";

                /**
                 * VerifyReport releaseId.
                 * @member {string} releaseId
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.releaseId = "";

                /**
                 * VerifyReport intact.
                 * @member {boolean} intact
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.intact = false;

                /**
                 * VerifyReport differences.
                 * @member {Array.<rookery.session.v1.Difference.$Properties>} differences
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.differences = $util.emptyArray;

                /**
                 * VerifyReport differencesTotal.
                 * @member {number} differencesTotal
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.differencesTotal = 0;

                /**
                 * VerifyReport files.
                 * @member {number} files
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.files = 0;

                /**
                 * VerifyReport durationMs.
                 * @member {number} durationMs
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.durationMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * VerifyReport atMs.
                 * @member {number} atMs
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.atMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * VerifyReport errorCode.
                 * @member {string} errorCode
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.errorCode = "";

                /**
                 * VerifyReport errorMessage.
                 * @member {string} errorMessage
                 * @memberof rookery.session.v1.VerifyReport
                 * @instance
                 */
                VerifyReport.prototype.errorMessage = "";

                /**
                 * Encodes the specified VerifyReport message. Does not implicitly {@link rookery.session.v1.VerifyReport.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.VerifyReport
                 * @static
                 * @param {rookery.session.v1.VerifyReport.$Properties} message VerifyReport message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                VerifyReport.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.attemptId != null && $Object.hasOwnProperty.call(message, "attemptId") && message.attemptId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.attemptId);
                    if (message.rolloutId != null && $Object.hasOwnProperty.call(message, "rolloutId") && message.rolloutId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.rolloutId);
                    if (message.app != null && $Object.hasOwnProperty.call(message, "app") && message.app !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.app);
                    if (message.releaseId != null && $Object.hasOwnProperty.call(message, "releaseId") && message.releaseId !== "")
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.releaseId);
                    if (message.intact != null && $Object.hasOwnProperty.call(message, "intact") && message.intact !== false)
                        writer.uint32(/* id 5, wireType 0 =*/40).bool(message.intact);
                    if (message.differences != null && message.differences.length)
                        for (let i = 0; i < message.differences.length; ++i)
                            $root.rookery.session.v1.Difference.encode(message.differences[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                    if (message.differencesTotal != null && $Object.hasOwnProperty.call(message, "differencesTotal") && message.differencesTotal !== 0)
                        writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.differencesTotal);
                    if (message.files != null && $Object.hasOwnProperty.call(message, "files") && message.files !== 0)
                        writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.files);
                    if (message.durationMs != null && $Object.hasOwnProperty.call(message, "durationMs") && (typeof message.durationMs === "object" ? message.durationMs.low || message.durationMs.high : message.durationMs !== 0))
                        writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.durationMs);
                    if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs") && (typeof message.atMs === "object" ? message.atMs.low || message.atMs.high : message.atMs !== 0))
                        writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.atMs);
                    if (message.errorCode != null && $Object.hasOwnProperty.call(message, "errorCode") && message.errorCode !== "")
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.errorCode);
                    if (message.errorMessage != null && $Object.hasOwnProperty.call(message, "errorMessage") && message.errorMessage !== "")
                        writer.uint32(/* id 12, wireType 2 =*/98).string(message.errorMessage);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a VerifyReport message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.VerifyReport
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.VerifyReport & rookery.session.v1.VerifyReport.$Shape} VerifyReport
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                VerifyReport.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.VerifyReport();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.attemptId = value;
                                else
                                    delete message.attemptId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.rolloutId = value;
                                else
                                    delete message.rolloutId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.app = value;
                                else
                                    delete message.app;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.releaseId = value;
                                else
                                    delete message.releaseId;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.intact = value;
                                else
                                    delete message.intact;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.differences && message.differences.length))
                                    message.differences = [];
                                message.differences.push($root.rookery.session.v1.Difference.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.differencesTotal = value;
                                else
                                    delete message.differencesTotal;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.files = value;
                                else
                                    delete message.files;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.durationMs = value;
                                else
                                    delete message.durationMs;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.atMs = value;
                                else
                                    delete message.atMs;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.errorCode = value;
                                else
                                    delete message.errorCode;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.errorMessage = value;
                                else
                                    delete message.errorMessage;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return VerifyReport;
            })();

            v1.Difference = (function() {

                /**
                 * Properties of a Difference.
                 * @typedef {Object} rookery.session.v1.Difference.$Properties
                 * @property {string|null} [path] Difference path
                 * @property {string|null} [what] Difference what
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Difference.
                 * @memberof rookery.session.v1
                 * @interface IDifference
                 * @augments rookery.session.v1.Difference.$Properties
                 * @deprecated Use rookery.session.v1.Difference.$Properties instead.
                 */

                /**
                 * Shape of a Difference.
                 * @typedef {rookery.session.v1.Difference.$Properties} rookery.session.v1.Difference.$Shape
                 */

                /**
                 * Constructs a new Difference.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Difference.
                 * @constructor
                 * @param {rookery.session.v1.Difference.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Difference = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Difference path.
                 * @member {string} path
                 * @memberof rookery.session.v1.Difference
                 * @instance
                 */
                Difference.prototype.path = "";

                /**
                 * Difference what.
                 * @member {string} what
                 * @memberof rookery.session.v1.Difference
                 * @instance
                 */
                Difference.prototype.what = "";

                /**
                 * Encodes the specified Difference message. Does not implicitly {@link rookery.session.v1.Difference.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Difference
                 * @static
                 * @param {rookery.session.v1.Difference.$Properties} message Difference message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Difference.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.path);
                    if (message.what != null && $Object.hasOwnProperty.call(message, "what") && message.what !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.what);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Difference message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Difference
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Difference & rookery.session.v1.Difference.$Shape} Difference
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Difference.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Difference();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.path = value;
                                else
                                    delete message.path;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.what = value;
                                else
                                    delete message.what;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Difference;
            })();

            v1.Goodbye = (function() {

                /**
                 * Properties of a Goodbye.
                 * @typedef {Object} rookery.session.v1.Goodbye.$Properties
                 * @property {string|null} [reason] Goodbye reason
                 * @property {string|null} [errorCode] Goodbye errorCode
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Goodbye.
                 * @memberof rookery.session.v1
                 * @interface IGoodbye
                 * @augments rookery.session.v1.Goodbye.$Properties
                 * @deprecated Use rookery.session.v1.Goodbye.$Properties instead.
                 */

                /**
                 * Shape of a Goodbye.
                 * @typedef {rookery.session.v1.Goodbye.$Properties} rookery.session.v1.Goodbye.$Shape
                 */

                /**
                 * Constructs a new Goodbye.
                 * @memberof rookery.session.v1
                 * @classdesc Represents a Goodbye.
                 * @constructor
                 * @param {rookery.session.v1.Goodbye.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Goodbye = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Goodbye reason.
                 * @member {string} reason
                 * @memberof rookery.session.v1.Goodbye
                 * @instance
                 */
                Goodbye.prototype.reason = "";

                /**
                 * Goodbye errorCode.
                 * @member {string} errorCode
                 * @memberof rookery.session.v1.Goodbye
                 * @instance
                 */
                Goodbye.prototype.errorCode = "";

                /**
                 * Encodes the specified Goodbye message. Does not implicitly {@link rookery.session.v1.Goodbye.verify|verify} messages.
                 * @function encode
                 * @memberof rookery.session.v1.Goodbye
                 * @static
                 * @param {rookery.session.v1.Goodbye.$Properties} message Goodbye message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Goodbye.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                    if (message.errorCode != null && $Object.hasOwnProperty.call(message, "errorCode") && message.errorCode !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.errorCode);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Goodbye message from the specified reader or buffer.
                 * @function decode
                 * @memberof rookery.session.v1.Goodbye
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {rookery.session.v1.Goodbye & rookery.session.v1.Goodbye.$Shape} Goodbye
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Goodbye.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.rookery.session.v1.Goodbye();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.reason = value;
                                else
                                    delete message.reason;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.errorCode = value;
                                else
                                    delete message.errorCode;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Goodbye;
            })();

            return v1;
        })();

        return session;
    })();

    return rookery;
})();

export {
  $root as default
};
