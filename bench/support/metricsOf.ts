/** Reads the metrics of a process of the service, as Prometheus would. */
export async function readMetrics(url: string): Promise<(series: string) => number> {
  const text = await (await fetch(url)).text();
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
