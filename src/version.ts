import manifest from "../package.json" with { type: "json" };

/** The build puts it in. */
declare const BUILD_COMMIT: string | undefined;

export const version = manifest.version;

/** The commit that the executable was built from, with a `+` where more was built than it holds. */
const commit = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "from source";

export const versionText = `${version} (${commit})`;
