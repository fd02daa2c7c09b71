/**
 * `ExportLogsServiceRequest` (opentelemetry/proto/collector/logs/v1, logs/v1, common/v1, resource/v1) in the JSON form that the
 * OTLP specification asks for: lowerCamelCase, 64-bit integers as decimal text, enums as integers, trace and span ids as hex.
 */
const uint64 = { type: 'string', pattern: '^\\d{1,20}$' }
const uint32 = { type: 'integer', minimum: 0 }

const anyValue = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    stringValue: { type: 'string' },
    boolValue: { type: 'boolean' },
    intValue: { type: 'string', pattern: '^-?\\d{1,19}$' },
    doubleValue: { type: 'number' },
    arrayValue: { type: 'object' },
    kvlistValue: { type: 'object' },
    bytesValue: { type: 'string' },
  },
}
const attributes = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['key', 'value'],
    properties: { key: { type: 'string', minLength: 1 }, value: anyValue },
  },
}
const logRecord = {
  type: 'object',
  additionalProperties: false,
  required: ['timeUnixNano', 'observedTimeUnixNano', 'body'],
  properties: {
    timeUnixNano: uint64,
    observedTimeUnixNano: uint64,
    severityNumber: { type: 'integer', minimum: 0, maximum: 24 },
    severityText: { type: 'string' },
    body: anyValue,
    attributes,
    droppedAttributesCount: uint32,
    flags: uint32,
    traceId: { type: 'string', pattern: '^([0-9a-f]{32})?$' },
    spanId: { type: 'string', pattern: '^([0-9a-f]{16})?$' },
  },
}

export const otlpLogsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['resourceLogs'],
  properties: {
    resourceLogs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          resource: {
            type: 'object',
            additionalProperties: false,
            properties: { attributes, droppedAttributesCount: uint32 },
          },
          scopeLogs: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              properties: {
                scope: {
                  type: 'object',
                  additionalProperties: false,
                  properties: { name: { type: 'string' }, version: { type: 'string' }, attributes },
                },
                logRecords: { type: 'array', items: logRecord },
                schemaUrl: { type: 'string' },
              },
            },
          },
          schemaUrl: { type: 'string' },
        },
      },
    },
  },
}
