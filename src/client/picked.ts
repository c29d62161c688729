import type { PickedFile } from '../bundle/source';

/** Files of an input, with the folder's paths where a folder was picked. */
export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Files of a drop, folders opened. */
export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  // Entries have to be asked for before the first wait: the transfer is emptied after the event.
  const items = Array.from(transfer.items, (item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const files = items.map(async ({ entry, file }) => {
    if (entry) return filesIn(entry, '');
    return file ? [{ path: file.name, file }] : [];
  });
  return (await Promise.all(files)).flat();
}

async function filesIn(entry: FileSystemEntry, folder: string): Promise<PickedFile[]> {
  const path = folder + entry.name;
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }];
  const inside = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(inside.map((child) => filesIn(child, `${path}/`)))).flat();
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A directory gives its entries a hundred at a time, then none. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
