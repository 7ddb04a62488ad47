/** How a database spells what the SQL standard leaves open. */
export interface Dialect {
  /** Type and constraint of a primary key that the database counts up and never gives out twice. */
  readonly identity: string;
  /** Text that compares byte by byte. */
  readonly text: string;
  readonly bytes: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}
