// The HTTP database: a real server with a real file, whose slowness is set by options.
export type { DatabaseOptions } from "./database/options.ts";
export type { DatabaseStats } from "./database/routes.ts";
export { serveDatabase } from "./database/serve.ts";
export { type HttpDatabase, startDatabase } from "./database/server.ts";
export { type SpawnedDatabase, spawnDatabase } from "./database/spawn.ts";
export type { DatabaseRow } from "./database/store.ts";

// Errors: decide by `code`.
export {
  DatabaseDiedError,
  DatabaseFileError,
  LabError,
  ListenError,
  OptionError,
  PortInUseError,
} from "./errors.ts";
