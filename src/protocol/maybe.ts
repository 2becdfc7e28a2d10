import { Type, type TSchema } from "@sinclair/typebox";

/** A value, or null where it is not known. */
export const Maybe = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
