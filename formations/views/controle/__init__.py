"""Le contrôle des fiches par les documentalistes : la file et la relecture."""
