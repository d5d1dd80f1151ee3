/** A slow broker answers within this time. One that answers nothing shows in no error for minutes. */
const SILENT_MS = 15_000;
const LOOK_MS = 2_000;

/** Listens for answers of Kafka. */
export interface SilenceWatch {
  /** Kafka has answered. */
  heard(): void;
  end(): void;
}

/**
 * Says every 2 s for how long Kafka has been silent, from 15 s on. A client that a network fault cut off goes on trying
 * for minutes before it fails, and looks well meanwhile.
 */
export function watchSilence(onSilent: (seconds: number) => void): SilenceWatch {
  let heardMs = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const silentMs = Date.now() - heardMs;
    if (silentMs >= SILENT_MS) onSilent(Math.round(silentMs / 1_000));
    timer = setTimeout(look, LOOK_MS);
  };
  look();
  return {
    heard: () => void (heardMs = Date.now()),
    end: () => clearTimeout(timer),
  };
}
