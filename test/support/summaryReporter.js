const SHOWN_FILES = 8;

/** Ends a run with the files that took longest, and with one line that a script can read: `N passed, N failed`. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const slowest = results.testResults
      .map(({ testFilePath, perfStats }) => ({ testFilePath, seconds: perfStats.runtime / 1_000 }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, SHOWN_FILES)
      .map(({ testFilePath, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${relative(testFilePath)}`);
    const brokenSuites = results.testResults.filter((suite) => suite.testExecError).length;
    // Jest prints its own summary on stderr after this call, so the lines wait for the end of the process.
    process.on('exit', () => {
      process.stdout.write(`Longest files:\n${slowest.join('\n')}\n`);
      process.stdout.write(`${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed\n`);
    });
  }
}

const relative = (path) => path.slice(process.cwd().length + 1);
