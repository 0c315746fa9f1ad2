/**
 * Words that report problems or strengths of a product without naming a feeling, by polarity, −4 to 4. Written from general
 * knowledge of software, goods and services, not from labelled texts.
 */
const WORDS: [number, string][] = [
  [
    -2,
    `slow slower slowest slowly sluggish lag lags lagged lagging laggy crash crashes crashed crashing freeze freezes
    freezing froze frozen hang hangs stuck stutter stutters stuttering glitch glitches glitchy bug bugs buggy broken breaks
    broke error errors fail fails failed failing failure failures fault faulty outage outages timeout timeouts
    unresponsive nonresponsive unusable unstable unreliable flaky malfunction malfunctions malfunctioning defective defect
    defects corrupt corrupted disconnects disconnected disconnecting disappeared disappears disappearing vanished
    inaccurate incorrect outdated clunky cumbersome cluttered confusing confused complicated tedious frustrating annoying
    intrusive bloated bloatware overpriced expensive pricey unintuitive counterintuitive inconsistent incompatible
    incomplete unfinished unhelpful useless pointless worthless spam spammy scam overheats overheating blurry noisy
    uninstall uninstalled uninstalling refund refunded deleting regret avoid waste wasted wasting downgrade downgraded
    forever incessantly constantly endless endlessly hassle headache nightmare workaround unplayable unreadable
    unwatchable horrendous flawed flimsy messy misleading`,
  ],
  [
    -1,
    `difficult hard awkward hidden unclear missing lost lose loses losing lacks lacking limited wrong problem problems
    issue issues trouble troubles stops stopped kicked locked blocked banned forced forces nag nags ads drain drains
    drained delay delays delayed duplicate duplicates reload reinstall reinstalled restart restarts reboot waiting waited
    wait complaint complaints complain cancel cancelled canceled unable redundant dull bland`,
  ],
  [
    1,
    `simple easy easier easily clear clean tidy neat flexible friendly fixed solved improved improves improvement sharp
    crisp fresh works worked enjoyable portable compatible saves thorough worthwhile`,
  ],
  [
    2,
    `fast faster fastest quick quicker quickly smooth smoother smoothly snappy responsive intuitive reliable reliably stable
    seamless seamlessly effortless effortlessly handy convenient conveniently useful helpful accurate accurately
    affordable polished robust lightweight efficient efficiently recommend recommended recommending powerful sleek
    flawless flawlessly beautiful beautifully impressed impressive sturdy durable comfortable delicious flavorful
    attentive superb stunning gripping brilliant lifesaver gem bargain`,
  ],
];

export function readProductWords(): Record<string, number> {
  return Object.fromEntries(WORDS.flatMap(([value, words]) => words.split(/\s+/).map((word) => [word, value])));
}
