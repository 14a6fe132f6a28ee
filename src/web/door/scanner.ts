/** What a frame shows: the text of its QR code, or `undefined`. */
type Decode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** A pause between two frames, so that a phone stays cool. */
const FRAME_PAUSE_MS = 150;

/** Larger pictures take longer and are read no better. */
const PICTURE_WIDTH_MAX = 640;

/** Some browsers read QR codes themselves; their types are not in TypeScript's library. */
interface NativeDetector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = {
  new (options: { formats: readonly string[] }): NativeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/** Whether this page may ask for the camera: browsers offer it only over https, and on this machine. */
export const hasCamera = (): boolean => navigator.mediaDevices?.getUserMedia !== undefined;

/**
 * Shows the camera in `video`, and calls `onCode` with the QR codes that it sees.
 *
 * @returns a function that switches the camera off
 * @throws DOMException if there is no camera, or its use was not allowed
 */
export async function startScanner(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
): Promise<() => void> {
  const [stream, decode] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false }),
    newDecoder(),
  ]);
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play().catch(() => {}); // it was stopped before it played
  const look = async () => {
    while (!isStopped) {
      const code = video.readyState >= 2 ? await decode(video).catch(() => undefined) : undefined;
      if (code !== undefined && !isStopped) onCode(code);
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE_MS));
    }
  };
  void look();
  return stop;
}

async function newDecoder(): Promise<Decode> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  const formats = await BarcodeDetector?.getSupportedFormats().catch((): string[] => []);
  if (BarcodeDetector !== undefined && formats?.includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  // Loaded only where the browser cannot do it.
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, PICTURE_WIDTH_MAX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (context === null || canvas.width === 0) return undefined;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height)); // throws if it sees none
  };
}
