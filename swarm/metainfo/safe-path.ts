import type { MetainfoFile } from './metainfo.ts'

type Invalid = (field: string, message: string) => Error

/** Refuses what could leave the target directory or cannot be a file name. */
export function safePathComponent(component: string, field: string, invalid: Invalid): void {
  if (component === '' || component === '.' || component === '..')
    throw invalid(field, `${JSON.stringify(component)} is not a file name`)
  if (component.includes('/') || component.includes('\\') || component.includes('\0'))
    throw invalid(field, `${JSON.stringify(component)} holds a character that no file name may hold`)
  if (Buffer.byteLength(component) > 255) throw invalid(field, 'is longer than a file name may be')
}

/** Refuses the same path twice, and a path that needs a file to be a directory. */
export function checkTree(files: readonly MetainfoFile[], invalid: Invalid): void {
  const filePaths = new Map<string, number>()
  const directories = new Map<string, number>()
  for (const [index, file] of files.entries()) {
    if (file.isPadding) continue
    const path = file.path.join('/')
    const earlier = filePaths.get(path) ?? directories.get(path)
    if (earlier !== undefined)
      throw invalid(`info.files[${index}].path`, `${path} is used by info.files[${earlier}] already`)
    filePaths.set(path, index)
    for (let depth = 1; depth < file.path.length; depth++) {
      const directory = file.path.slice(0, depth).join('/')
      const clash = filePaths.get(directory)
      if (clash !== undefined)
        throw invalid(`info.files[${index}].path`, `${directory} is a file, by info.files[${clash}]`)
      directories.set(directory, index)
    }
  }
}
