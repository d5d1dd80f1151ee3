/** A slow broker answers within this time. One that answers nothing shows in no error for minutes. */
const SILENT_MS = 15_000;
const LOOK_MS = 2_000;

/** Listens for answers of Kafka. */
export interface SilenceWatch {
  /** Kafka has answered. */
  heard(): void;
  /** Nobody listens any more; what was said of a silence is taken back. */
  end(): void;
}

/**
 * Says every 2 s for how long Kafka has been silent, from 15 s on. A client that a network fault cut off goes on trying
 * for minutes before it fails, and looks well meanwhile.
 * @param onOver the silence of which `onSilent` spoke is over
 */
export function watchSilence(onSilent: (seconds: number) => void, onOver: () => void): SilenceWatch {
  let heardMs = Date.now();
  let isSilent = false;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const silentMs = Date.now() - heardMs;
    if (silentMs >= SILENT_MS) {
      isSilent = true;
      onSilent(Math.round(silentMs / 1_000));
    }
    timer = setTimeout(look, LOOK_MS);
  };
  const takeBack = () => {
    if (isSilent) onOver();
    isSilent = false;
  };
  look();
  return {
    heard() {
      heardMs = Date.now();
      takeBack();
    },
    end() {
      clearTimeout(timer);
      takeBack();
    },
  };
}
