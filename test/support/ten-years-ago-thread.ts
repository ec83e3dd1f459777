// Loaded into each thread of a daemon: its calendar is ten years behind, as on a machine whose clock has no battery.
const BACK_MS = 10 * 365 * 86_400_000;
const Real = Date;

globalThis.Date = new Proxy(Real, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [Real.now() - BACK_MS] : args, self),
  get: (target, key) => (key === 'now' ? () => Real.now() - BACK_MS : Reflect.get(target, key)),
});
