/** The program beside `holdfast` that container tools ask for passwords. */
export const HELPER = 'docker-credential-holdfast';
