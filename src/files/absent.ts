import { oneLine } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";

export function noBucket(bucketId: string): ApiError {
  return new ApiError(
    "not_found",
    `there is no bucket ${JSON.stringify(bucketId)}: POST files to /backend-api/v2/files/<bucket_id> to make it`,
  );
}

export function noMedium(bucketId: string, name: string, isDocument: boolean): ApiError {
  const bucket = `bucket ${JSON.stringify(bucketId)}`;
  return new ApiError(
    "not_found",
    isDocument
      ? `${oneLine(name, 100)} is a document of ${bucket}: name the bucket alone, and its text is read`
      : `${bucket} has no picture, film or sound called ${oneLine(name, 100)}`,
  );
}

export function noDocument(bucketId: string, name: string): ApiError {
  return new ApiError("not_found", `bucket ${JSON.stringify(bucketId)} has no document called ${oneLine(name, 100)}`);
}

export function noFile(bucketId: string, name: string): ApiError {
  return new ApiError("not_found", `bucket ${JSON.stringify(bucketId)} has no file called ${oneLine(name, 100)}`);
}
