/** Who moves when in a rollout; docs/rollout-order.md says how. */
export const orderNames = ['spread', 'rollingpin', 'zone', 'list'] as const
export type OrderName = (typeof orderNames)[number]
