/** RFC 6749, section 5.2, with what Microsoft's identity platform adds. */
export interface OAuthErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes?: readonly number[];
  readonly correlation_id: string;
}
