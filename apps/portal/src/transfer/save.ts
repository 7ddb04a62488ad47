/** More than this is written to the disk as it comes, where the browser can. */
const MOST_IN_MEMORY = 256 * 1024 * 1024;

interface Picker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{ createWritable(): Promise<WritableStream> }>;
}

export function saveText(name: string, text: string): void {
  saveBlob(name, new Blob([text]));
}

function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Keeps a download as a file: large ones piece by piece, so that a volume need not fit into memory. */
export async function saveStream(
  name: string,
  size: number,
  open: () => Promise<ReadableStream<Uint8Array>>,
  note: (done: number) => void,
): Promise<void> {
  const { showSaveFilePicker } = globalThis as Picker;
  // Before the request: a browser lets a file be chosen only for a while after a click.
  const file = size > MOST_IN_MEMORY ? await showSaveFilePicker?.call(globalThis, { suggestedName: name }) : undefined;
  let done = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      done += chunk.length;
      note(done);
      controller.enqueue(chunk);
    },
  });
  const counted = (await open()).pipeThrough(counter);
  if (file) return counted.pipeTo(await file.createWritable());
  saveBlob(name, await new Response(counted).blob());
}
