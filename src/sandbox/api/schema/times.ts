// Times as Kubernetes reads and writes them. It must not read a clock.

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function seconds(text: string): string | undefined {
  const at = RFC3339.test(text) ? Date.parse(text.replace(/\.\d+/, '')) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 19);
}

/** To the second, in UTC; undefined: no time. */
export function secondsTime(text: string): string | undefined {
  const whole = seconds(text);
  return whole === undefined ? undefined : `${whole}Z`;
}

/** With six places, neither more nor fewer. */
export function microTime(text: string): string | undefined {
  const whole = seconds(text);
  const fraction = /\.(\d{6})(?!\d)/.exec(text)?.[1];
  return whole === undefined || fraction === undefined ? undefined : `${whole}.${fraction}Z`;
}
