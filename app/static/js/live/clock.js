/** The time of a recording: milliseconds since its start, never backwards, through sleep and reloads. */

// A smaller lead of the device's clock is a correction over the network, not a sleep.
const ASLEEP = 2000;
// Nobody observes that long without a tap: the recording was left open, and the clock stopped then.
const LEFT = 3 * 60 * 60 * 1000;

/** `saved` = {t, wall, paused, part} as kept with the recording, or null before the start.
    Between two looks the steady clock counts; the device's own clock only tells how long it slept or the page was shut. */
export class Clock {
  constructor(saved = null) {
    this.set(saved);
    for (const event of ["visibilitychange", "pageshow", "focus"]) {
      addEventListener(event, () => this.wake(), true);
    }
  }

  set(saved) {
    this.started = Boolean(saved);
    this.paused = saved?.paused ?? false;
    this.part = saved?.part ?? 1;
    this.t = saved?.t ?? 0;
    if (this.running) this.gone(Math.max(0, Date.now() - saved.wall));
    this.look();
  }

  look() {
    this.wall = Date.now();
    this.steady = performance.now();
  }

  get running() { return this.started && !this.paused; }

  get now() {
    this.wake();
    if (!this.running) return Math.round(this.t);
    return Math.round(this.t + performance.now() - this.steady);
  }

  /** The steady clock of many devices stands still while they sleep; the lesson went on. */
  wake() {
    if (!this.running) return;
    const steady = performance.now() - this.steady;
    const lead = Date.now() - this.wall - steady;
    if (Math.abs(lead) < ASLEEP) return;
    this.t += steady;
    this.gone(Math.max(0, lead));
    this.look();
  }

  gone(ms) {
    if (ms < LEFT) this.t += ms;
    else this.paused = true;
  }

  start() { if (!this.started) this.set({ t: 0, wall: Date.now() }); }

  pause() {
    this.t = this.now;
    this.paused = true;
  }

  /** Goes on where it stopped; what follows is the next part, so that the join can be seen. */
  resume() {
    if (!this.paused) return;
    this.paused = false;
    this.part = Math.min(4, this.part + 1);
    this.look();
  }

  get saved() {
    return this.started ? { t: this.now, wall: Date.now(), paused: this.paused, part: this.part } : null;
  }
}
