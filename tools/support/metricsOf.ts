/** Reads the metrics of a process of the service, as Prometheus would. */
export async function readMetrics(url: string): Promise<(series: string) => number> {
  // Uses a new connection: the other side may just be closing an idle one.
  const text = await (await fetch(url, { headers: { connection: 'close' } })).text();
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
  );
  return (series) => values.get(series) ?? 0;
}
